-- Declarations that one release has and the other has not; and of those that stayed in headers, where the header changed, or what
-- the symbol is: that may be another thing on the same line.
WITH headers AS MATERIALIZED (SELECT f.path FROM file f WHERE f.is_header AND ((f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)) + 2 * (f.since <= ?2 AND (f.until = 0 OR f.until >= ?2))) IN (1, 2)),
others AS MATERIALIZED (SELECT a.symbol FROM function a JOIN function b ON b.symbol = a.symbol AND b.signature IS NOT a.signature
    WHERE a.since <= ?1 AND (a.until = 0 OR a.until >= ?1) AND NOT (a.since <= ?2 AND (a.until = 0 OR a.until >= ?2)) AND b.since <= ?2 AND (b.until = 0 OR b.until >= ?2) AND NOT (b.since <= ?1 AND (b.until = 0 OR b.until >= ?1))
  UNION SELECT a.symbol FROM variable a JOIN variable b ON b.symbol = a.symbol AND b.type IS NOT a.type
    WHERE a.since <= ?1 AND (a.until = 0 OR a.until >= ?1) AND NOT (a.since <= ?2 AND (a.until = 0 OR a.until >= ?2)) AND b.since <= ?2 AND (b.until = 0 OR b.until >= ?2) AND NOT (b.since <= ?1 AND (b.until = 0 OR b.until >= ?1)))
SELECT d.symbol, s.kind, s.name, sc.value, p.value, ((d.since <= ?1 AND (d.until = 0 OR d.until >= ?1)) + 2 * (d.since <= ?2 AND (d.until = 0 OR d.until >= ?2))) AS sides, d.line, d.is_definition
FROM declaration d JOIN symbol s ON s.id = d.symbol JOIN text sc ON sc.id = s.scope JOIN text p ON p.id = d.file
WHERE sides IN (1, 2) OR (sides = 3 AND (d.file IN (SELECT path FROM headers) OR d.symbol IN (SELECT symbol FROM others)))
