SELECT caller_id, callee_id, callee, how, round(confidence, 3), sites, observed_count, line, basis, caller FROM calls WHERE release = ?1
ORDER BY caller_id, callee_id, how
