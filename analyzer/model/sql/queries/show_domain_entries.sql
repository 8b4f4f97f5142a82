SELECT e.function AS entry, e.kind, f.file, e.reaches, e.observed_count AS entered FROM entry_points e
JOIN functions f ON f.release = e.release AND f.function_id = e.function_id
WHERE e.release = ?1 AND f.domain = ?2 ORDER BY e.reaches DESC, e.function, f.file, e.kind
