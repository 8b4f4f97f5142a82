-- The numbers of a subject, ?2 scope, ?3 name, with those that formulas name beside them: mean:x over its files, by lines.
SELECT metric, value FROM metrics WHERE release = ?1 AND scope = ?2 AND subject = ?3 AND ?2 <> 'function'
UNION ALL SELECT 'code_lines', code_lines FROM files WHERE release = ?1 AND ?2 = 'file' AND file = ?3
UNION ALL SELECT 'files', count(*) FROM files WHERE release = ?1 AND ?2 = 'codebase'
UNION ALL SELECT 'mean:' || m.metric, sum(f.code_lines * m.value) / sum(f.code_lines) FROM files f JOIN metrics m ON m.release = f.release
  AND m.scope = 'file' AND m.subject = f.file AND m.metric LIKE 'debt!_%' ESCAPE '!' WHERE f.release = ?1 AND ?2 IN ('domain', 'codebase')
  AND (?2 = 'codebase' OR f.domain = ?3) GROUP BY m.metric
UNION ALL SELECT k.metric, CASE k.metric WHEN 'code_lines' THEN e.code_lines WHEN 'dependencies' THEN e.dependencies WHEN 'dependents'
  THEN e.dependents WHEN 'element_size' THEN e.element_size WHEN 'element_dependencies' THEN e.element_dependencies
  WHEN 'element_dependents' THEN e.element_dependents ELSE e.element_score END
  FROM function_elements e JOIN (SELECT 'code_lines' AS metric UNION ALL SELECT 'dependencies' UNION ALL SELECT 'dependents'
  UNION ALL SELECT 'element_size' UNION ALL SELECT 'element_dependencies' UNION ALL SELECT 'element_dependents'
  UNION ALL SELECT 'element_score') k WHERE e.release = ?1 AND ?2 = 'function' AND e.file || ':' || e.name = ?3
