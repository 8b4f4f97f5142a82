SELECT line, end_line, condition FROM regions WHERE release = ?1 AND file = ?2 ORDER BY line
