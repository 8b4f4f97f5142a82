-- Functions that calls name and that the codebase does not define.
WITH r AS MATERIALIZED (SELECT number AS n FROM release WHERE name = ?1),
ends AS (SELECT callee AS id FROM r JOIN call ON since <= n AND (until = 0 OR until >= n)
  UNION SELECT caller FROM r JOIN call ON since <= n AND (until = 0 OR until >= n))
SELECT s.id, s.name FROM ends JOIN symbol s ON s.id = ends.id
WHERE NOT EXISTS (SELECT 1 FROM function f, r WHERE f.symbol = ends.id AND f.since <= r.n AND (f.until = 0 OR f.until >= r.n))
ORDER BY s.id
