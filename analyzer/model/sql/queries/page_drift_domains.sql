WITH a AS MATERIALIZED (SELECT * FROM domains WHERE release = ?2), b AS MATERIALIZED (SELECT * FROM domains WHERE release = ?1)
SELECT coalesce(b.domain, a.domain) AS domain, a.lines AS old_lines, b.lines AS new_lines, a.functions AS old_functions,
  b.functions AS new_functions, a.files AS old_files, b.files AS new_files, round(a.debt_score, 2) AS old_debt,
  round(b.debt_score, 2) AS new_debt
FROM (SELECT domain FROM a UNION SELECT domain FROM b) n LEFT JOIN a ON a.domain = n.domain LEFT JOIN b ON b.domain = n.domain
ORDER BY 1
