SELECT to_domain AS domain, from_level AS "own level", to_level AS "its level", weight, symbols FROM upward_dependencies
WHERE release = ?1 AND from_domain = ?2 ORDER BY weight, to_domain
