SELECT domain, functions, observed_functions AS observed, depth FROM flow_domains
WHERE release = ?1 AND entry_id = CAST(?2 AS INTEGER) ORDER BY depth IS NULL, depth, functions DESC, domain
