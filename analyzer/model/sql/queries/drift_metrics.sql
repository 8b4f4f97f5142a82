SELECT ((m.since <= ?1 AND (m.until = 0 OR m.until >= ?1)) + 2 * (m.since <= ?2 AND (m.until = 0 OR m.until >= ?2))) AS sides, sc.value, su.value, me.value, m.value FROM metric m JOIN text sc ON sc.id = m.scope
JOIN text su ON su.id = m.subject JOIN text me ON me.id = m.metric
WHERE (sides IN (1, 2) AND sc.value = 'file') OR (sides <> 0 AND sc.value = 'codebase')
