SELECT DISTINCT name FROM (SELECT name FROM functions WHERE release = ?1 AND name LIKE '%' || ?2 || '%'
UNION ALL SELECT domain FROM domains WHERE release = ?1 AND domain LIKE '%' || ?2 || '%'
UNION ALL SELECT name FROM resources WHERE release = ?1 AND name LIKE '%' || ?2 || '%'
UNION ALL SELECT file FROM files WHERE release = ?1 AND file LIKE '%' || ?2 || '%') ORDER BY length(name), name LIMIT 8
