WITH f AS MATERIALIZED (SELECT file, code_lines, is_header, domain FROM files WHERE release = ?1),
users AS MATERIALIZED (SELECT to_file AS file, count(DISTINCT from_file) AS n FROM dependencies WHERE release = ?1 GROUP BY to_file),
debts AS MATERIALIZED (SELECT subject AS file, value FROM metrics WHERE release = ?1 AND scope = 'file' AND metric = 'debt_score'),
ranked AS (SELECT f.domain, f.file, f.code_lines, debts.value AS debt,
    row_number() OVER (PARTITION BY f.domain ORDER BY f.is_header, -- a file matters by its size and by how many use it
      f.code_lines * (1.0 + coalesce(users.n, 0)) / (5.0 + coalesce(users.n, 0)) DESC, f.file) AS place
  FROM f LEFT JOIN users ON users.file = f.file LEFT JOIN debts ON debts.file = f.file)
SELECT domain, file, code_lines, debt FROM ranked WHERE place <= 4 ORDER BY domain, place
