-- What one domain (?2) names of another (?3) in a release (?1).
SELECT b.name, a.name, p.value, c.line FROM file x JOIN text p ON p.id = x.path JOIN function f ON f.file = x.path AND f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)
JOIN call c ON c.caller = f.symbol AND c.how = 1 AND c.since <= ?1 AND (c.until = 0 OR c.until >= ?1) JOIN symbol a ON a.id = c.caller JOIN symbol b ON b.id = c.callee
JOIN function g ON g.symbol = c.callee AND g.since <= ?1 AND (g.until = 0 OR g.until >= ?1) JOIN file y ON y.path = g.file AND y.since <= ?1 AND (y.until = 0 OR y.until >= ?1)
WHERE x.since <= ?1 AND (x.until = 0 OR x.until >= ?1) AND x.domain = (SELECT id FROM text WHERE value = ?2) AND y.domain = (SELECT id FROM text WHERE value = ?3)
UNION SELECT t.name, coalesce(a.name, ''), p.value, u.line FROM file y
JOIN (SELECT symbol, file FROM function h WHERE h.since <= ?1 AND (h.until = 0 OR h.until >= ?1) UNION SELECT symbol, file FROM variable h WHERE h.since <= ?1 AND (h.until = 0 OR h.until >= ?1)
  UNION SELECT symbol, file FROM type h WHERE h.since <= ?1 AND (h.until = 0 OR h.until >= ?1) UNION SELECT symbol, file FROM macro h WHERE h.since <= ?1 AND (h.until = 0 OR h.until >= ?1)
  UNION SELECT id, scope FROM symbol WHERE kind IN (7, 8)) o ON o.file = y.path
JOIN use u ON u.to_symbol = o.symbol AND u.since <= ?1 AND (u.until = 0 OR u.until >= ?1) JOIN file x ON x.path = u.from_file AND x.since <= ?1 AND (x.until = 0 OR x.until >= ?1) JOIN symbol t ON t.id = u.to_symbol
JOIN text p ON p.id = x.path LEFT JOIN symbol a ON a.id = u.from_symbol
WHERE y.since <= ?1 AND (y.until = 0 OR y.until >= ?1) AND x.domain = (SELECT id FROM text WHERE value = ?2) AND y.domain = (SELECT id FROM text WHERE value = ?3)
ORDER BY 3, 4, 1, 2 LIMIT 400
