SELECT resource_id, name, kind, type, domains, exclusivity FROM resources WHERE release = ?1 AND name = ?2 ORDER BY kind, resource_id
