SELECT release, entry_id, function_id, depth, observed FROM flows WHERE release = ?1 ORDER BY entry_id, depth, function_id
