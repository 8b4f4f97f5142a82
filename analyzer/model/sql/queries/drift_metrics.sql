WITH measured AS (SELECT ((m.since <= ?1 AND (m.until = 0 OR m.until >= ?1)) + 2 * (m.since <= ?2 AND (m.until = 0 OR m.until >= ?2))) AS sides, m.scope, m.subject, m.metric, m.value FROM metric m WHERE sides <> 0
  UNION ALL SELECT ((m.since <= ?1 AND (m.until = 0 OR m.until >= ?1)) + 2 * (m.since <= ?2 AND (m.until = 0 OR m.until >= ?2))) AS sides, m.scope, m.subject, m.metric, m.value FROM score m WHERE sides <> 0)
SELECT m.sides, sc.value, su.value, me.value, m.value FROM measured m JOIN text sc ON sc.id = m.scope
JOIN text su ON su.id = m.subject JOIN text me ON me.id = m.metric
WHERE (m.sides IN (1, 2) AND sc.value = 'file') OR sc.value = 'codebase'
