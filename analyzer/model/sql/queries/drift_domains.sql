-- Domains of either release.
SELECT n.value, ((d.since <= ?1 AND (d.until = 0 OR d.until >= ?1)) + 2 * (d.since <= ?2 AND (d.until = 0 OR d.until >= ?2))) AS sides, d.is_declared, d.exclusivity
FROM domain d JOIN text n ON n.id = d.name WHERE sides <> 0 ORDER BY 1
