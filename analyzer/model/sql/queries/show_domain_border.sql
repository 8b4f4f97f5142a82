SELECT file, printf('%.0f %%', 100 * certainty) AS certainty, second_domain AS second, printf('%.0f %%', 100 * second_share) AS second_share,
  signals
FROM file_domains WHERE release = ?1 AND domain = ?2 AND is_border ORDER BY file_domains.certainty, file LIMIT 20
