SELECT resource_id, name, kind, type, domains FROM resources WHERE release = ?1 AND name = ?2 ORDER BY kind, resource_id
