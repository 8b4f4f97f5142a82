WITH f AS MATERIALIZED (SELECT file, code_lines, domain FROM files WHERE release = ?1)
SELECT f.file, f.code_lines, (SELECT value FROM metrics m WHERE m.release = ?1 AND m.scope = 'file' AND m.metric = 'debt_score' AND m.subject = f.file),
  1, (SELECT count(*) FROM functions g WHERE g.release = ?1 AND g.file = f.file), f.domain, 0, NULL
FROM f WHERE f.domain = ?2
UNION ALL
SELECT n.domain, d.lines, d.debt_score, d.files, d.functions, NULL, 1, 'another domain'
FROM (SELECT to_domain AS domain FROM domain_dependencies WHERE release = ?1 AND from_domain = ?2
      UNION SELECT from_domain FROM domain_dependencies WHERE release = ?1 AND to_domain = ?2) n
JOIN domains d ON d.release = ?1 AND d.domain = n.domain
ORDER BY 7, 1
