SELECT w.depth, f.name AS function, f.file, f.domain, w.observed,
  (SELECT coalesce(sum(c.observed_count), 0) FROM flow_calls c WHERE c.release = ?1 AND c.entry_id = w.entry_id AND c.callee_id = w.function_id
   AND c.observed_how NOT IN ('sampled', 'stack')) AS calls
FROM flows w JOIN functions f ON f.release = w.release AND f.function_id = w.function_id
WHERE w.release = ?1 AND w.entry_id = CAST(?2 AS INTEGER) ORDER BY w.depth IS NULL, w.depth, f.name, f.file
