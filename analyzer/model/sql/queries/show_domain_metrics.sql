SELECT metric, value FROM metrics WHERE release = ?1 AND scope = 'domain' AND subject = ?2 ORDER BY metric
