-- Every use of a mutable variable that something about changed: who uses it, or the domain of a file that does.
WITH moved AS MATERIALIZED (SELECT a.path FROM file a JOIN file b ON b.path = a.path AND b.domain IS NOT a.domain
  WHERE a.since <= ?1 AND (a.until = 0 OR a.until >= ?1) AND b.since <= ?2 AND (b.until = 0 OR b.until >= ?2)),
kinds AS MATERIALIZED (SELECT id FROM text WHERE value IN ('read', 'write', 'address')),
held AS MATERIALIZED (SELECT DISTINCT v.symbol FROM variable v WHERE v.flags & 8 AND ((v.since <= ?1 AND (v.until = 0 OR v.until >= ?1)) + 2 * (v.since <= ?2 AND (v.until = 0 OR v.until >= ?2))) <> 0),
mutable AS MATERIALIZED (SELECT s.id FROM held h JOIN symbol s ON s.id = h.symbol AND s.kind = 2),
used AS MATERIALIZED (SELECT u.to_symbol, u.from_symbol, u.from_file, u.kind, u.line, ((u.since <= ?1 AND (u.until = 0 OR u.until >= ?1)) + 2 * (u.since <= ?2 AND (u.until = 0 OR u.until >= ?2))) AS sides
  FROM mutable h JOIN use u ON u.to_symbol = h.id WHERE sides <> 0 AND u.kind IN (SELECT id FROM kinds)),
changed AS MATERIALIZED (SELECT to_symbol AS id FROM used GROUP BY to_symbol, from_symbol, from_file, kind
    HAVING sum(sides & 1) = 0 OR sum(sides & 2) = 0
  UNION SELECT to_symbol FROM used WHERE from_file IN (SELECT path FROM moved))
SELECT u.to_symbol, s.kind, s.name, sc.value, u.from_symbol, a.kind, a.name, asc_.value, p.value, u.sides, u.line, k.value = 'write'
FROM used u JOIN symbol s ON s.id = u.to_symbol JOIN text sc ON sc.id = s.scope JOIN text k ON k.id = u.kind
JOIN text p ON p.id = u.from_file LEFT JOIN symbol a ON a.id = u.from_symbol LEFT JOIN text asc_ ON asc_.id = a.scope
WHERE u.to_symbol IN (SELECT id FROM changed)
