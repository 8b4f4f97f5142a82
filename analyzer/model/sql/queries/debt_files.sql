WITH m AS MATERIALIZED (SELECT subject, metric, value FROM metrics WHERE release = ?1 AND scope = 'file')
SELECT f.file, max(CASE m.metric WHEN 'debt_score' THEN m.value END) AS debt, f.code_lines,
  max(CASE m.metric WHEN 'cognitive_max' THEN m.value END) AS hardest_function,
  max(CASE m.metric WHEN 'fan_in' THEN m.value END) AS fan_in,
  max(CASE m.metric WHEN 'fan_out' THEN m.value END) AS fan_out,
  max(CASE m.metric WHEN 'cycle_size' THEN m.value END) AS cycle_size
FROM files f JOIN m ON m.subject = f.file WHERE f.release = ?1
GROUP BY f.file ORDER BY debt DESC, f.file LIMIT 15
