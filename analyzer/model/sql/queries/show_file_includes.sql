SELECT included, line, is_used, is_missing FROM includes WHERE release = ?1 AND file = ?2 ORDER BY line
