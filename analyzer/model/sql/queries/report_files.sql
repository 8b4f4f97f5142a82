-- ?2: only of that domain
WITH measures AS MATERIALIZED (SELECT subject AS file, value FROM metrics
  WHERE release = ?1 AND scope = 'file' AND metric = 'debt_score'),
counts AS MATERIALIZED (SELECT file, count(*) AS functions, sum(cyclomatic) AS cyclomatic, sum(cognitive) AS cognitive
  FROM functions WHERE release = ?1 GROUP BY file)
SELECT f.file, f.domain, f.lines, f.code_lines, m.value, coalesce(c.functions, 0), coalesce(c.cyclomatic, 0), coalesce(c.cognitive, 0),
  f.is_header
FROM files f LEFT JOIN measures m ON m.file = f.file LEFT JOIN counts c ON c.file = f.file
WHERE f.release = ?1 AND (?2 IS NULL OR f.domain = ?2) ORDER BY f.file
