SELECT printf('%5.1f  %s (%d file%s, %d line%s)', debt_score, domain, files, iif(files = 1, '', 's'), lines, iif(lines = 1, '', 's')) FROM domains WHERE release = ?1
ORDER BY debt_score DESC, domain LIMIT 5
