SELECT p.value, ((f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)) + 2 * (f.since <= ?2 AND (f.until = 0 OR f.until >= ?2))) AS sides, dt.value, f.is_header, f.code_lines FROM file f JOIN text p ON p.id = f.path
LEFT JOIN text dt ON dt.id = f.domain WHERE sides <> 0 ORDER BY 1
