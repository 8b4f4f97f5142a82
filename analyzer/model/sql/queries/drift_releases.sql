SELECT r.number, r.name, r.units, r.units_failed, (SELECT count(*) FROM observation o WHERE o.release = r.number), hex(substr(r.derive_key, 1, 8)),
  r.git_commit FROM release r WHERE r.name = ?1
