SELECT printf('%5.1f  %s (%d files, %d lines)', debt_score, domain, files, lines) FROM domains WHERE release = ?1
ORDER BY debt_score DESC, domain LIMIT 5
