SELECT d.symbol, s.kind, s.name, sc.value, p.value, ((d.since <= ?1 AND (d.until = 0 OR d.until >= ?1)) + 2 * (d.since <= ?2 AND (d.until = 0 OR d.until >= ?2))) AS sides, d.line, d.is_definition
FROM declaration d JOIN symbol s ON s.id = d.symbol JOIN text sc ON sc.id = s.scope JOIN text p ON p.id = d.file
WHERE sides IN (1, 2) OR (sides = 3 AND d.file IN (SELECT f.path FROM file f WHERE f.is_header AND (((f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)) + 2 * (f.since <= ?2 AND (f.until = 0 OR f.until >= ?2)))) IN (1, 2)))
