-- High-debt elements for programs: functions and files, every one above 3.
SELECT release, 'function' AS scope, file || ':' || name AS subject, file, line, element_score AS score, element_size AS size,
  element_dependencies AS dependencies, element_dependents AS dependents, code_lines, dependencies AS needs, dependents AS users,
  dependents_from AS users_from
FROM function_elements WHERE release = ?1 AND element_score > 3
UNION ALL SELECT * FROM (WITH m AS MATERIALIZED (SELECT subject, metric, value FROM metrics WHERE release = ?1 AND scope = 'file')
SELECT ?1, 'file', f.file, f.file, 1, max(CASE m.metric WHEN 'element_score' THEN m.value END) AS score,
  max(CASE m.metric WHEN 'element_size' THEN m.value END), max(CASE m.metric WHEN 'element_dependencies' THEN m.value END),
  max(CASE m.metric WHEN 'element_dependents' THEN m.value END), f.code_lines,
  max(CASE m.metric WHEN 'fan_out' THEN m.value END), max(CASE m.metric WHEN 'fan_in' THEN m.value END), 'static'
FROM files f JOIN m ON m.subject = f.file WHERE f.release = ?1 GROUP BY f.file HAVING score > 3)
ORDER BY 2 DESC, 6 DESC, 3
