SELECT level, domain AS part, files FROM domain_levels WHERE release = ?1
AND (level = 'fine' AND parent = ?2 OR level = 'coarse' AND domain IN (SELECT parent FROM domain_levels
  WHERE release = ?1 AND level = 'default' AND domain = ?2))
ORDER BY level, files DESC, domain
