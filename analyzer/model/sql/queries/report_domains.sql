SELECT d.domain, d.lines, d.debt_score, d.files, d.functions, NULL, 0,
  printf('cohesion %.2f, exclusivity %.2f', d.cohesion, d.exclusivity), d.cohesion, d.exclusivity
FROM domains d WHERE d.release = ?1 ORDER BY d.domain
