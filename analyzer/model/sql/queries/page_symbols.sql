-- What one domain names of another, symbol by symbol: what a dependency of domains is made of.
WITH f AS MATERIALIZED (SELECT file, domain FROM files WHERE release = ?1),
d AS MATERIALIZED (SELECT function_id AS id, file, domain, 0 AS is_type, name FROM functions WHERE release = ?1
  UNION ALL SELECT variable_id, file, domain, 0, name FROM variables WHERE release = ?1
  UNION ALL SELECT macro_id, file, domain, 0, name FROM macros WHERE release = ?1
  UNION ALL SELECT type_id, file, domain, 1, name FROM types WHERE release = ?1),
named AS MATERIALIZED (SELECT name, min(file) AS file, min(domain) AS domain FROM d WHERE is_type GROUP BY name HAVING count(DISTINCT domain) = 1),
used AS (SELECT a.domain AS source, b.domain AS target, c.callee AS symbol, CASE c.how WHEN 'direct' THEN 'call' ELSE c.how END AS kind,
    b.file AS file, c.sites, c.observed_count AS observed, c.confidence
  FROM calls c JOIN f a ON a.file = c.caller_file JOIN f b ON b.file = c.callee_file
  WHERE c.release = ?1 AND a.domain <> b.domain
  UNION ALL SELECT a.domain, d.domain, u.to_name, u.kind, d.file, u.sites, 0, 1.0
  FROM uses u JOIN f a ON a.file = u.from_file JOIN d ON d.id = u.to_id
  WHERE u.release = ?1 AND u.kind <> 'field' AND a.domain <> d.domain
  UNION ALL SELECT a.domain, n.domain, u.to_name, u.kind, n.file, u.sites, 0, 1.0
  FROM uses u JOIN f a ON a.file = u.from_file JOIN named n ON n.name = substr(u.to_name, 1, instr(u.to_name, '.') - 1)
  WHERE u.release = ?1 AND u.kind = 'field' AND a.domain <> n.domain)
SELECT source, target, symbol, kind, file, sum(sites) AS sites, sum(observed) AS observed, max(confidence) AS confidence
FROM used GROUP BY source, target, symbol, kind, file ORDER BY source, target, sites DESC, symbol, kind, file
