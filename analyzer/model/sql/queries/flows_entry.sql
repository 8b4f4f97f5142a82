SELECT e.function_id, e.function, f.file, sum(e.observed_count) AS entered, group_concat(e.kind, ' ') AS kinds
FROM entry_points e JOIN functions f ON f.release = e.release AND f.function_id = e.function_id
WHERE e.release = ?1 AND (?2 IS NOT NULL OR e.kind NOT IN ('callback', 'export')) AND (?2 IS NULL OR e.function = ?2 OR
  f.file || ':' || e.function = ?2 OR substr(f.file || ':' || e.function, -length(?2) - 1) = '/' || ?2)
GROUP BY e.function_id ORDER BY entered DESC, e.function, f.file
