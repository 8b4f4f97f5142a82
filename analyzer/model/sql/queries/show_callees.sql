SELECT callee, callee_file AS file, how, confidence, sites, line, basis,
  observed_count AS observed, observed_how AS counted FROM calls WHERE release = ?1 AND caller_id = CAST(?2 AS INTEGER)
ORDER BY how, confidence DESC, observed DESC, callee, callee_file
