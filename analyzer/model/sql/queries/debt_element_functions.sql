SELECT name AS function, round(element_score, 1) AS score, round(element_size, 1) AS size, round(element_dependencies, 1) AS dependencies,
  round(element_dependents, 1) AS dependents, code_lines AS lines, dependencies AS needs, dependents AS users, dependents_from AS users_from,
  file || ':' || line AS place
FROM function_elements WHERE release = ?1 AND element_score > 3 ORDER BY element_score DESC, file, line LIMIT 20
