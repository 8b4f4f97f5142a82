SELECT d.domain, d.exclusivity, (SELECT value * 60 FROM metrics m WHERE m.release = ?1 AND m.scope = 'domain' AND m.subject = d.domain
  AND m.metric = 'principal_hours')
FROM domains d WHERE d.release = ?1 ORDER BY d.domain
