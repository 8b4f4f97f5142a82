-- What one domain names of another, symbol by symbol: what a dependency of domains is made of. Reads tables rather than views where
-- there may be a million rows.
WITH r AS MATERIALIZED (SELECT number AS n FROM release WHERE name = ?1),
f AS MATERIALIZED (SELECT path, domain FROM file, r WHERE since <= n AND (until = 0 OR until >= n)),
d AS MATERIALIZED (SELECT x.symbol AS id, x.file, f.domain, x.is_type FROM (
    SELECT symbol, file, 0 AS is_type FROM function, r WHERE since <= n AND (until = 0 OR until >= n)
    UNION ALL SELECT symbol, file, 0 FROM variable, r WHERE since <= n AND (until = 0 OR until >= n)
    UNION ALL SELECT symbol, file, 0 FROM macro, r WHERE since <= n AND (until = 0 OR until >= n)
    UNION ALL SELECT symbol, file, 1 FROM type, r WHERE since <= n AND (until = 0 OR until >= n)) x JOIN f ON f.path = x.file),
named AS MATERIALIZED (SELECT s.name, min(d.file) AS file, min(d.domain) AS domain FROM d JOIN symbol s ON s.id = d.id WHERE d.is_type
  GROUP BY s.name HAVING count(DISTINCT d.domain) = 1),
field AS MATERIALIZED (SELECT t.id FROM text t WHERE t.value = 'field'),
used AS (SELECT a.domain AS source, b.domain AS target, c.callee AS symbol, CASE c.how WHEN 1 THEN 'call' WHEN 2 THEN 'indirect' ELSE 'observed' END AS kind,
    b.file AS file, c.sites, c.observed, c.confidence
  FROM r JOIN call c ON c.since <= r.n AND (c.until = 0 OR c.until >= r.n) JOIN d a ON a.id = c.caller JOIN d b ON b.id = c.callee
  WHERE a.domain <> b.domain
  UNION ALL SELECT a.domain, d.domain, u.to_symbol, k.value, d.file, u.sites, 0, 1.0
  FROM r JOIN use u ON u.since <= r.n AND (u.until = 0 OR u.until >= r.n) JOIN f a ON a.path = u.from_file JOIN d ON d.id = u.to_symbol
  JOIN text k ON k.id = u.kind
  WHERE u.kind NOT IN (SELECT id FROM field) AND a.domain <> d.domain
  UNION ALL SELECT a.domain, t.domain, u.to_symbol, 'field', t.file, u.sites, 0, 1.0
  FROM r JOIN use u ON u.since <= r.n AND (u.until = 0 OR u.until >= r.n) JOIN f a ON a.path = u.from_file JOIN symbol s ON s.id = u.to_symbol
  JOIN named t ON t.name = substr(s.name, 1, instr(s.name, '.') - 1)
  WHERE u.kind IN (SELECT id FROM field) AND a.domain <> t.domain),
summed AS (SELECT source, target, symbol, kind, file, sum(sites) AS sites, sum(observed) AS observed, max(confidence) AS confidence FROM used
  GROUP BY source, target, symbol, kind, file)
SELECT a.value AS source, b.value AS target, s.name AS symbol, summed.kind, p.value AS file, sum(sites) AS sites, sum(observed) AS observed,
  round(max(confidence), 3) AS confidence
FROM summed JOIN text a ON a.id = source JOIN text b ON b.id = target JOIN text p ON p.id = summed.file JOIN symbol s ON s.id = summed.symbol
GROUP BY source, target, s.name, summed.kind, summed.file
ORDER BY a.value, b.value, 6 DESC, s.name, summed.kind, p.value
