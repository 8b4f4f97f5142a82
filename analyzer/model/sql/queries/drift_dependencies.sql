SELECT a.value, b.value, ((d.since <= ?1 AND (d.until = 0 OR d.until >= ?1)) + 2 * (d.since <= ?2 AND (d.until = 0 OR d.until >= ?2))) AS sides, k.value FROM dependency d JOIN text a ON a.id = d.from_file JOIN text b ON b.id = d.to_file
JOIN text k ON k.id = d.kind WHERE sides IN (1, 2) AND k.value NOT IN ('include', 'indirect') AND d.weight > 0
