SELECT macro_id, name, file || ':' || line AS "at", domain FROM macros WHERE release = ?1 AND name = ?2 ORDER BY file
