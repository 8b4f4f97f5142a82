-- By name and file: a function that is defined twice there (configurations) counts once.
WITH a AS MATERIALIZED (SELECT name, file, max(domain) AS domain, max(code_lines) AS lines, max(cyclomatic) AS cyclomatic FROM functions
  WHERE release = ?2 GROUP BY name, file),
b AS MATERIALIZED (SELECT name, file, max(domain) AS domain, max(code_lines) AS lines, max(cyclomatic) AS cyclomatic FROM functions
  WHERE release = ?1 GROUP BY name, file)
SELECT n.name, n.file, coalesce(b.domain, a.domain) AS domain, a.lines AS old_lines, b.lines AS new_lines, a.cyclomatic AS old_cyclomatic,
  b.cyclomatic AS new_cyclomatic
FROM (SELECT name, file FROM a UNION SELECT name, file FROM b) n LEFT JOIN a ON a.name = n.name AND a.file = n.file
LEFT JOIN b ON b.name = n.name AND b.file = n.file
WHERE a.lines IS NOT b.lines OR a.cyclomatic IS NOT b.cyclomatic ORDER BY n.file, n.name
