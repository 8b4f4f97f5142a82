SELECT to_domain AS domain, weight, symbols FROM domain_dependencies WHERE release = ?1 AND from_domain = ?2 ORDER BY weight DESC, to_domain
