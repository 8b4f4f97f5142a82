SELECT r.number, r.name, r.units, r.units_failed, (SELECT count(*) FROM observation o WHERE o.release = r.number), hex(r.derive_key),
  r.git_commit FROM release r WHERE r.name = ?1
