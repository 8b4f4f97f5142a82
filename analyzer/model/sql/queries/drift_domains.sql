-- Domains of either release with the debt of each one's structure.
SELECT n.value, ((d.since <= ?1 AND (d.until = 0 OR d.until >= ?1)) + 2 * (d.since <= ?2 AND (d.until = 0 OR d.until >= ?2))) AS sides, d.is_declared, d.exclusivity,
  (SELECT m.value FROM score m JOIN text sc ON sc.id = m.scope AND sc.value = 'domain' JOIN text me ON me.id = m.metric AND
  me.value = 'debt_structure' WHERE m.subject = d.name AND m.since <= ?1 AND (m.until = 0 OR m.until >= ?1)),
  (SELECT m.value FROM score m JOIN text sc ON sc.id = m.scope AND sc.value = 'domain' JOIN text me ON me.id = m.metric AND
  me.value = 'debt_structure' WHERE m.subject = d.name AND m.since <= ?2 AND (m.until = 0 OR m.until >= ?2))
FROM domain d JOIN text n ON n.id = d.name WHERE sides <> 0 ORDER BY 1
