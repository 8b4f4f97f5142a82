-- Every use of a mutable variable that something about changed: who uses it, or the domain of a file that does.
WITH moved AS MATERIALIZED (SELECT a.path FROM file a JOIN file b ON b.path = a.path AND b.domain IS NOT a.domain
  WHERE a.since <= ?1 AND (a.until = 0 OR a.until >= ?1) AND b.since <= ?2 AND (b.until = 0 OR b.until >= ?2)),
kinds AS MATERIALIZED (SELECT id FROM text WHERE value IN ('read', 'write', 'address')),
changed AS MATERIALIZED (SELECT DISTINCT u.to_symbol AS id FROM use u WHERE (((u.since <= ?1 AND (u.until = 0 OR u.until >= ?1)) + 2 * (u.since <= ?2 AND (u.until = 0 OR u.until >= ?2)))) IN (1, 2) AND u.kind IN (SELECT id FROM kinds)
  UNION SELECT u.to_symbol FROM use u WHERE EXISTS (SELECT 1 FROM moved) AND u.from_file IN (SELECT path FROM moved)
  AND (((u.since <= ?1 AND (u.until = 0 OR u.until >= ?1)) + 2 * (u.since <= ?2 AND (u.until = 0 OR u.until >= ?2)))) <> 0 AND u.kind IN (SELECT id FROM kinds))
SELECT u.to_symbol, s.kind, s.name, sc.value, u.from_symbol, a.kind, a.name, asc_.value, p.value, ((u.since <= ?1 AND (u.until = 0 OR u.until >= ?1)) + 2 * (u.since <= ?2 AND (u.until = 0 OR u.until >= ?2))) AS sides, u.line,
  k.value = 'write'
FROM changed c JOIN symbol s ON s.id = c.id AND s.kind = 2 JOIN text sc ON sc.id = s.scope
JOIN use u ON u.to_symbol = c.id AND u.kind IN (SELECT id FROM kinds) JOIN text k ON k.id = u.kind
JOIN text p ON p.id = u.from_file LEFT JOIN symbol a ON a.id = u.from_symbol LEFT JOIN text asc_ ON asc_.id = a.scope
WHERE sides <> 0 AND EXISTS (SELECT 1 FROM variable v WHERE v.symbol = c.id AND v.flags & 8 AND (((v.since <= ?1 AND (v.until = 0 OR v.until >= ?1)) + 2 * (v.since <= ?2 AND (v.until = 0 OR v.until >= ?2)))) <> 0)
