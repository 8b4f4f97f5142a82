-- What each file names of other files, symbol by symbol, with the first line that names it: what a cell of the matrix is made of.
-- ?2: of the files of one domain alone. Reads tables rather than views: there may be a million rows. The unary + keeps an index from
-- being gone through file by file, CROSS what is on the left from being looked for in what is on the right. A macro that a file sets for
-- what it includes is named there, but is no dependency: the pair has none of that kind. confidence: the mean over sites, so that sites
-- times confidence is the dependency's weight.
WITH r AS MATERIALIZED (SELECT number AS n FROM release WHERE name = ?1),
f AS MATERIALIZED (SELECT path, domain FROM file, r WHERE since <= n AND (until = 0 OR until >= n)),
source AS MATERIALIZED (SELECT path FROM f WHERE ?2 IS NULL OR domain = (SELECT id FROM text WHERE value = ?2)),
target AS MATERIALIZED (SELECT symbol AS id, file FROM function, r WHERE since <= n AND (until = 0 OR until >= n)
  UNION ALL SELECT symbol, file FROM variable, r WHERE since <= n AND (until = 0 OR until >= n)
  UNION ALL SELECT symbol, file FROM macro, r WHERE since <= n AND (until = 0 OR until >= n)
  UNION ALL SELECT symbol, file FROM type, r WHERE since <= n AND (until = 0 OR until >= n)
  UNION ALL SELECT s.id, s.scope FROM symbol s JOIN f ON f.path = s.scope WHERE s.kind IN (7, 8)), -- fields and enumerators
counted AS MATERIALIZED (SELECT d.from_file, d.to_file FROM r JOIN dependency d ON d.since <= r.n AND (d.until = 0 OR d.until >= r.n)
  WHERE d.kind = (SELECT id FROM text WHERE value = 'macro') AND +d.from_file IN source),
used AS (SELECT a.file AS source, b.file AS target, c.callee AS symbol,
    CASE c.how WHEN 1 THEN 'call' WHEN 2 THEN 'indirect' ELSE 'observed' END AS kind, c.sites, c.observed, c.confidence, c.line
  FROM r JOIN function a ON +a.file IN source AND a.since <= r.n AND (a.until = 0 OR a.until >= r.n)
    CROSS JOIN call c ON c.caller = a.symbol AND c.since <= r.n AND (c.until = 0 OR c.until >= r.n)
    CROSS JOIN function b ON b.symbol = c.callee AND b.since <= r.n AND (b.until = 0 OR b.until >= r.n)
  WHERE a.file <> b.file
  UNION ALL SELECT u.from_file, b.file, u.to_symbol, k.value, u.sites, 0, 1.0, u.line
  FROM r CROSS JOIN use u ON u.from_file IN source AND u.since <= r.n AND (u.until = 0 OR u.until >= r.n)
    CROSS JOIN target b ON b.id = u.to_symbol CROSS JOIN text k ON k.id = u.kind
  WHERE u.from_file <> b.file AND (k.value <> 'macro' OR (u.from_file, b.file) IN counted))
SELECT a.value AS source, b.value AS target, s.name AS symbol, used.kind AS kind, sum(sites) AS sites, sum(observed) AS observed,
  round(sum(sites * confidence) / nullif(sum(sites), 0), 3) AS confidence, min(nullif(used.line, 0)) AS line
FROM used JOIN text a ON a.id = source JOIN text b ON b.id = used.target JOIN symbol s ON s.id = used.symbol
GROUP BY a.value, b.value, s.name, used.kind ORDER BY a.value, b.value, s.name, used.kind
