-- Dependencies of domains with what the declared architecture says of them: the most specific policy counts.
WITH up AS MATERIALIZED (SELECT from_domain, to_domain FROM upward_dependencies WHERE release = ?1),
p AS MATERIALIZED (SELECT from_domain, to_domain, verdict FROM policies WHERE release = ?1),
f AS MATERIALIZED (SELECT file, domain FROM files WHERE release = ?1),
k AS MATERIALIZED (SELECT a.domain AS source, b.domain AS target, max(kind IN ('call', 'indirect')) + 2 * max(kind IN ('read', 'write', 'address'))
    + 4 * max(kind IN ('type', 'field', 'macro')) + 8 * max(kind = 'include') AS kinds
  FROM dependencies d JOIN f a ON a.file = d.from_file JOIN f b ON b.file = d.to_file WHERE d.release = ?1 AND a.domain <> b.domain
  GROUP BY a.domain, b.domain),
cut AS MATERIALIZED (SELECT from_name, to_name FROM cycle_cuts WHERE release = ?1 AND scope = 'domain')
SELECT d.from_domain AS "from", d.to_domain AS "to", round(d.weight, 2) AS weight, d.symbols, d.observed_weight AS observed,
  coalesce((SELECT verdict FROM p WHERE p.from_domain IN (d.from_domain, '*') AND p.to_domain IN (d.to_domain, '*')
    ORDER BY (p.from_domain <> '*') + (p.to_domain <> '*') DESC, verdict DESC LIMIT 1) = 'forbid', 0) AS forbidden,
  EXISTS (SELECT 1 FROM up WHERE up.from_domain = d.from_domain AND up.to_domain = d.to_domain) AS upward,
  EXISTS (SELECT 1 FROM cut WHERE cut.from_name = d.from_domain AND cut.to_name = d.to_domain) AS cut,
  coalesce((SELECT kinds FROM k WHERE k.source = d.from_domain AND k.target = d.to_domain), 0) AS kinds
FROM domain_dependencies d WHERE d.release = ?1 AND d.from_domain <> d.to_domain ORDER BY d.from_domain, d.to_domain
