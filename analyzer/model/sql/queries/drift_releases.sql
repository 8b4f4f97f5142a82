SELECT r.number, r.name, r.units, r.units_failed, (SELECT count(*) FROM observation o WHERE o.release = r.number), hex(substr(r.derive_key, 1, 8)),
  r.git_commit, (SELECT count(*) FROM manifest m JOIN unit_facts f ON f.id = m.facts
    WHERE m.since <= r.number AND (m.until = 0 OR m.until >= r.number) AND f.status = 2)
FROM release r WHERE r.name = ?1
