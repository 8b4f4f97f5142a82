SELECT domain, told, printf('%.0f %%', 100 * certainty) AS certainty, signals, second_domain AS second,
  CASE WHEN second_domain IS NOT NULL THEN printf('%.0f %%', 100 * second_share) END AS second_share,
  CASE WHEN is_border THEN 'yes' ELSE 'no' END AS border, coarse, fine
FROM file_domains WHERE release = ?1 AND file = ?2
