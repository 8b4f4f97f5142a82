SELECT release, domain, files, functions, lines, cohesion, exclusivity, debt_score FROM domains WHERE release = ?1
ORDER BY lines DESC, domain
