SELECT entry_id, domain, functions, observed_functions AS observed, depth FROM flow_domains WHERE release = ?1
ORDER BY entry_id, depth, domain
