SELECT from_domain AS domain, weight, symbols, observed_weight AS observed FROM domain_dependencies WHERE release = ?1 AND to_domain = ?2 ORDER BY weight DESC, from_domain
