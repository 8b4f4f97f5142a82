SELECT c.caller_id, c.callee_id, s.name, f.domain, c.observed_count, c.observed_how
FROM flow_calls c JOIN symbol s ON s.id = c.callee_id LEFT JOIN functions f ON f.release = c.release AND f.function_id = c.callee_id
WHERE c.release = ?1 AND c.entry_id = CAST(?2 AS INTEGER) ORDER BY c.first, c.caller_id, c.callee_id
