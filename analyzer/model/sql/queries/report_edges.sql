SELECT from_domain, to_domain, weight, symbols, NULL, observed_weight FROM domain_dependencies WHERE release = ?1 ORDER BY from_domain, to_domain
