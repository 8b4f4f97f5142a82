SELECT v.symbol, s.kind, s.name, sc.value, p.value, ((v.since <= ?1 AND (v.until = 0 OR v.until >= ?1)) + 2 * (v.since <= ?2 AND (v.until = 0 OR v.until >= ?2))) AS sides, v.line, v.flags, t.value
FROM variable v JOIN symbol s ON s.id = v.symbol JOIN text sc ON sc.id = s.scope JOIN text p ON p.id = v.file
LEFT JOIN text t ON t.id = v.type WHERE sides IN (1, 2)
