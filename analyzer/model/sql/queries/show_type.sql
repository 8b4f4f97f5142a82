SELECT type_id, name, file || ':' || line AS "at", domain, kind FROM types WHERE release = ?1 AND name = ?2 ORDER BY file
