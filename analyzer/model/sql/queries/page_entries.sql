SELECT e.function_id AS id, e.function, f.file, f.line, f.domain, group_concat(e.kind, ' ') AS kinds, sum(e.observed_count) AS observed,
  max(e.reaches) AS reaches, max(e.has_flow) AS has_flow
FROM entry_points e LEFT JOIN functions f ON f.release = e.release AND f.function_id = e.function_id
WHERE e.release = ?1 GROUP BY e.function_id
ORDER BY observed DESC, max(e.kind NOT IN ('callback', 'export')) DESC, reaches DESC, e.function, f.file, e.function_id
