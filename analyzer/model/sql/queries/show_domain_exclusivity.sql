SELECT what, CASE is_observed WHEN 1 THEN 'runs' ELSE 'source' END AS "as told by", share, band FROM exclusivity
WHERE release = ?1 AND domain = ?2 ORDER BY is_observed, what
