SELECT to_domain AS domain, weight, symbols, observed_weight AS observed FROM domain_dependencies WHERE release = ?1 AND from_domain = ?2 ORDER BY weight DESC, to_domain
