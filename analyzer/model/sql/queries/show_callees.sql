SELECT callee, callee_file AS file, how, confidence, sites, line, basis FROM calls WHERE release = ?1 AND caller_id = CAST(?2 AS INTEGER)
ORDER BY how, confidence DESC, callee, callee_file
