SELECT release, resource_id, kind, name, domains FROM resources WHERE release = ?1 ORDER BY kind, name, resource_id
