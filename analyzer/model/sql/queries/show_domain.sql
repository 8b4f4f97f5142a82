SELECT domain AS id, domain, files, functions, lines, cohesion, exclusivity, debt_score FROM domains WHERE release = ?1 AND domain = ?2
