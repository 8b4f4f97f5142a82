SELECT release, domain, entry_points, files, functions, lines, observed_functions FROM entry_domains WHERE release = ?1
ORDER BY lines DESC, domain
