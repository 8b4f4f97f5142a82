WITH f AS MATERIALIZED (SELECT file, code_lines, is_header,
    rtrim(file, replace(file, '.', '')) AS stem -- up to the last dot: x.c and x.h are one box, called after x.c
  FROM files WHERE release = ?1 AND domain = ?2),
debts AS MATERIALIZED (SELECT subject AS file, value FROM metrics
  WHERE release = ?1 AND scope = 'file' AND metric = 'debt_score'),
counts AS MATERIALIZED (SELECT file, count(*) AS n FROM functions WHERE release = ?1 GROUP BY file)
SELECT (SELECT g.file FROM f g WHERE g.stem = f.stem ORDER BY g.is_header, g.file LIMIT 1), sum(f.code_lines), max(debts.value),
  count(*), coalesce(sum(counts.n), 0), NULL, 0, CASE WHEN count(*) > 1 THEN group_concat(f.file, ', ') END, -1, -1
FROM f LEFT JOIN debts ON debts.file = f.file LEFT JOIN counts ON counts.file = f.file
GROUP BY f.stem
UNION ALL
SELECT n.domain, d.lines, d.debt_score, d.files, d.functions, NULL, 1, 'another domain', d.cohesion, d.exclusivity
FROM (SELECT to_domain AS domain FROM domain_dependencies WHERE release = ?1 AND from_domain = ?2
      UNION SELECT from_domain FROM domain_dependencies WHERE release = ?1 AND to_domain = ?2) n
JOIN domains d ON d.release = ?1 AND d.domain = n.domain
ORDER BY 7, 1
