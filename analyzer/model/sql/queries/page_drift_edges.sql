-- What the source says: a dependency that only runs show is no change where one release was traced and the other was not.
WITH a AS MATERIALIZED (SELECT * FROM domain_dependencies WHERE release = ?2 AND weight > 0),
b AS MATERIALIZED (SELECT * FROM domain_dependencies WHERE release = ?1 AND weight > 0)
SELECT n.from_domain AS "from", n.to_domain AS "to", round(a.weight, 2) AS old_weight, round(b.weight, 2) AS new_weight,
  a.symbols AS old_symbols, b.symbols AS new_symbols
FROM (SELECT from_domain, to_domain FROM a UNION SELECT from_domain, to_domain FROM b) n
LEFT JOIN a ON a.from_domain = n.from_domain AND a.to_domain = n.to_domain
LEFT JOIN b ON b.from_domain = n.from_domain AND b.to_domain = n.to_domain
WHERE n.from_domain <> n.to_domain ORDER BY 1, 2
