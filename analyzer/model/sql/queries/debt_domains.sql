SELECT d.domain, d.debt_score AS debt, d.files, d.lines, d.cohesion, d.exclusivity,
  max(CASE m.metric WHEN 'cycle_size' THEN m.value END) AS domains_in_cycle,
  max(CASE m.metric WHEN 'cyclic_files' THEN m.value END) AS cyclic_files
FROM domains d LEFT JOIN metrics m ON m.release = d.release AND m.scope = 'domain' AND m.subject = d.domain
WHERE d.release = ?1 GROUP BY d.domain ORDER BY d.debt_score DESC, d.domain LIMIT 20
