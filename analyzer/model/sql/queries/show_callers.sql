SELECT caller, caller_file AS file, how, confidence, sites, line, basis FROM calls WHERE release = ?1 AND callee_id = CAST(?2 AS INTEGER)
ORDER BY how, confidence DESC, caller, caller_file
