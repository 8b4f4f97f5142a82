SELECT release, entry_id, function_id, depth, observed FROM flows WHERE release = ?1 AND entry_id = CAST(?2 AS INTEGER)
ORDER BY depth IS NULL, depth, function_id
