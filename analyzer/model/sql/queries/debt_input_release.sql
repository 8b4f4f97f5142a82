SELECT git_time IS NOT NULL, (SELECT value FROM metrics WHERE release = ?1 AND scope = 'codebase' AND metric = 'debt_score'),
  (SELECT value * 60 FROM metrics WHERE release = ?1 AND scope = 'codebase' AND metric = 'principal_hours')
FROM releases WHERE release = ?1
