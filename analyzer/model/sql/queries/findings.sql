SELECT release, finding_id, rule, severity, goal, domain, file, line, subject, message, effort_minutes, fingerprint
FROM findings WHERE release = ?1 AND (?2 IS NULL OR rule = ?2) AND (?3 IS NULL OR goal = ?3)
  AND (?4 IS NULL OR CASE severity WHEN 'info' THEN 0 WHEN 'minor' THEN 1 WHEN 'major' THEN 2 ELSE 3 END >= CAST(?4 AS INTEGER))
  AND (?5 IS NULL OR domain = ?5)
ORDER BY file, line, rule, fingerprint
