WITH m AS MATERIALIZED (SELECT subject, metric, value FROM metrics WHERE release = ?1 AND scope = 'file' AND metric IN ('element_score',
  'element_size', 'element_dependencies', 'element_dependents', 'fan_in', 'fan_out'))
SELECT f.file, round(max(CASE m.metric WHEN 'element_score' THEN m.value END), 1) AS score,
  round(max(CASE m.metric WHEN 'element_size' THEN m.value END), 1) AS size,
  round(max(CASE m.metric WHEN 'element_dependencies' THEN m.value END), 1) AS dependencies,
  round(max(CASE m.metric WHEN 'element_dependents' THEN m.value END), 1) AS dependents, f.code_lines AS lines,
  max(CASE m.metric WHEN 'fan_out' THEN m.value END) AS needs, max(CASE m.metric WHEN 'fan_in' THEN m.value END) AS users
FROM files f JOIN m ON m.subject = f.file WHERE f.release = ?1 GROUP BY f.file HAVING score > 3 ORDER BY score DESC, f.file LIMIT 20
