SELECT a.value, b.value, ((d.since <= ?1 AND (d.until = 0 OR d.until >= ?1)) + 2 * (d.since <= ?2 AND (d.until = 0 OR d.until >= ?2))) AS sides, d.weight, d.symbols FROM domain_dependency d JOIN text a ON a.id = d.from_domain
JOIN text b ON b.id = d.to_domain WHERE sides <> 0 ORDER BY 1, 2
