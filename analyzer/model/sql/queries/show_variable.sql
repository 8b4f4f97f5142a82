SELECT variable_id, name, file || ':' || line AS "at", domain, type FROM variables WHERE release = ?1 AND name = ?2 ORDER BY file
