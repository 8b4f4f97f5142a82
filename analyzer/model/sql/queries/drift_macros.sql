SELECT m.symbol, s.kind, s.name, sc.value, p.value, ((m.since <= ?1 AND (m.until = 0 OR m.until >= ?1)) + 2 * (m.since <= ?2 AND (m.until = 0 OR m.until >= ?2))) AS sides, m.line
FROM macro m JOIN symbol s ON s.id = m.symbol JOIN text sc ON sc.id = s.scope JOIN text p ON p.id = m.file WHERE sides IN (1, 2)
