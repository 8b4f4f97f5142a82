WITH m AS MATERIALIZED (SELECT subject, metric, value FROM metrics WHERE release = ?1 AND scope = 'file')
SELECT f.file, round(max(CASE m.metric WHEN 'debt_score' THEN m.value END), 1) AS debt,
  round(max(CASE m.metric WHEN 'debt_entanglement' THEN m.value END), 1) AS entanglement,
  round(max(CASE m.metric WHEN 'debt_reach' THEN m.value END), 1) AS reach,
  round(max(CASE m.metric WHEN 'debt_modularity' THEN m.value END), 1) AS modularity,
  round(max(CASE m.metric WHEN 'debt_smells' THEN m.value END), 1) AS smells,
  round(max(CASE m.metric WHEN 'debt_interest' THEN m.value END), 1) AS interest,
  round(max(CASE m.metric WHEN 'principal_hours' THEN m.value END), 1) AS hours,
  round(max(CASE m.metric WHEN 'interest_hours' THEN m.value END), 1) AS hours_a_year, f.code_lines AS lines
FROM files f JOIN m ON m.subject = f.file WHERE f.release = ?1
GROUP BY f.file ORDER BY debt DESC, f.file LIMIT 15
