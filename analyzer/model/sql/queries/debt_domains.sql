WITH m AS MATERIALIZED (SELECT subject, metric, value FROM metrics WHERE release = ?1 AND scope = 'domain')
SELECT d.domain, round(d.debt_score, 1) AS debt,
  round(max(CASE m.metric WHEN 'debt_entanglement' THEN m.value END), 1) AS entanglement,
  round(max(CASE m.metric WHEN 'debt_reach' THEN m.value END), 1) AS reach,
  round(max(CASE m.metric WHEN 'debt_modularity' THEN m.value END), 1) AS modularity,
  round(max(CASE m.metric WHEN 'debt_smells' THEN m.value END), 1) AS smells,
  round(max(CASE m.metric WHEN 'debt_interest' THEN m.value END), 1) AS interest,
  round(max(CASE m.metric WHEN 'principal_hours' THEN m.value END)) AS hours,
  round(max(CASE m.metric WHEN 'interest_hours' THEN m.value END)) AS hours_a_year, d.files, d.lines
FROM domains d LEFT JOIN m ON m.subject = d.domain
WHERE d.release = ?1 GROUP BY d.domain ORDER BY d.debt_score DESC, d.domain LIMIT 20
