SELECT release, scope, subject, metric, value FROM metrics WHERE release = ?1 ORDER BY scope, subject, metric
