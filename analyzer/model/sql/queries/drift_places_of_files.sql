-- What one file (?2) names of another (?3) in a release (?1).
SELECT b.name, a.name, ?2, c.line FROM function f JOIN call c ON c.caller = f.symbol AND c.how = 1 AND c.since <= ?1 AND (c.until = 0 OR c.until >= ?1)
JOIN symbol a ON a.id = c.caller JOIN symbol b ON b.id = c.callee JOIN function g ON g.symbol = c.callee AND g.since <= ?1 AND (g.until = 0 OR g.until >= ?1)
WHERE f.since <= ?1 AND (f.until = 0 OR f.until >= ?1) AND f.file = (SELECT id FROM text WHERE value = ?2) AND g.file = (SELECT id FROM text WHERE value = ?3)
UNION SELECT t.name, coalesce(a.name, ''), ?2, u.line FROM
  (SELECT symbol, file FROM function h WHERE h.since <= ?1 AND (h.until = 0 OR h.until >= ?1) UNION SELECT symbol, file FROM variable h WHERE h.since <= ?1 AND (h.until = 0 OR h.until >= ?1)
  UNION SELECT symbol, file FROM type h WHERE h.since <= ?1 AND (h.until = 0 OR h.until >= ?1) UNION SELECT symbol, file FROM macro h WHERE h.since <= ?1 AND (h.until = 0 OR h.until >= ?1)
  UNION SELECT id, scope FROM symbol WHERE kind IN (7, 8)) o
JOIN use u ON u.to_symbol = o.symbol AND u.since <= ?1 AND (u.until = 0 OR u.until >= ?1) JOIN symbol t ON t.id = u.to_symbol LEFT JOIN symbol a ON a.id = u.from_symbol
WHERE o.file = (SELECT id FROM text WHERE value = ?3) AND u.from_file = (SELECT id FROM text WHERE value = ?2)
ORDER BY 4, 1, 2 LIMIT 400
