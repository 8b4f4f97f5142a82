SELECT y.symbol, s.kind, s.name, sc.value, p.value, ((y.since <= ?1 AND (y.until = 0 OR y.until >= ?1)) + 2 * (y.since <= ?2 AND (y.until = 0 OR y.until >= ?2))) AS sides, y.line, k.value, l.value
FROM type y JOIN symbol s ON s.id = y.symbol JOIN text sc ON sc.id = s.scope JOIN text p ON p.id = y.file
JOIN text k ON k.id = y.kind LEFT JOIN text l ON l.id = y.layout WHERE sides IN (1, 2)
