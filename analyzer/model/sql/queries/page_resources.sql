SELECT resource_id AS id, kind, name, type, domains, exclusivity FROM resources WHERE release = ?1
ORDER BY domains DESC, kind, name, resource_id
