-- What analysis/drift_debt.c compares: of the codebase all, of files those of its names where they changed.
WITH file_scope AS MATERIALIZED (SELECT id FROM text WHERE value = 'file'), whole AS MATERIALIZED (SELECT id FROM text WHERE value = 'codebase'),
named AS MATERIALIZED (SELECT id FROM text WHERE value IN ('debt_structure', 'cognitive_max', 'cyclomatic_sum', 'fan_in', 'fan_out', 'cycle_size', 'reach',
  'debt_smells', 'debt_modularity')),
measured AS (SELECT ((m.since <= ?1 AND (m.until = 0 OR m.until >= ?1)) + 2 * (m.since <= ?2 AND (m.until = 0 OR m.until >= ?2))) AS sides, m.scope, m.subject, m.metric, m.value FROM metric m
  WHERE (m.scope IN (SELECT id FROM file_scope) AND m.metric IN (SELECT id FROM named) AND sides IN (1, 2)) OR (m.scope IN (SELECT id FROM whole) AND sides <> 0)
  UNION ALL SELECT ((m.since <= ?1 AND (m.until = 0 OR m.until >= ?1)) + 2 * (m.since <= ?2 AND (m.until = 0 OR m.until >= ?2))) AS sides, m.scope, m.subject, m.metric, m.value FROM score m
  WHERE (m.scope IN (SELECT id FROM file_scope) AND m.metric IN (SELECT id FROM named) AND sides IN (1, 2)) OR (m.scope IN (SELECT id FROM whole) AND sides <> 0))
SELECT m.sides, sc.value, su.value, me.value, m.value FROM measured m JOIN text sc ON sc.id = m.scope
JOIN text su ON su.id = m.subject JOIN text me ON me.id = m.metric
