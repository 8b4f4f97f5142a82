WITH a AS MATERIALIZED (SELECT file, domain, code_lines FROM files WHERE release = ?2),
b AS MATERIALIZED (SELECT file, domain, code_lines FROM files WHERE release = ?1)
SELECT n.file, a.domain AS old_domain, b.domain AS new_domain, a.code_lines AS old_lines, b.code_lines AS new_lines
FROM (SELECT file FROM a UNION SELECT file FROM b) n LEFT JOIN a ON a.file = n.file LEFT JOIN b ON b.file = n.file
WHERE a.code_lines IS NOT b.code_lines OR a.domain IS NOT b.domain ORDER BY n.file
