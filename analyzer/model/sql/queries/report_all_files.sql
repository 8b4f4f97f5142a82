WITH debts AS MATERIALIZED (SELECT subject AS file, value FROM metrics
  WHERE release = ?1 AND scope = 'file' AND metric = 'debt_score'),
counts AS MATERIALIZED (SELECT file, count(*) AS n FROM functions WHERE release = ?1 GROUP BY file)
SELECT f.file, f.code_lines, debts.value, 1, coalesce(counts.n, 0), f.domain, 0, NULL, -1, -1
FROM files f LEFT JOIN debts ON debts.file = f.file LEFT JOIN counts ON counts.file = f.file
WHERE f.release = ?1 ORDER BY f.file
