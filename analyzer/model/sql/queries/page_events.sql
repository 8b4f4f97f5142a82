SELECT kind, severity, subject, detail, file, line FROM events WHERE to_release = ?1 AND from_release = ?2
ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'major' THEN 1 WHEN 'minor' THEN 2 ELSE 3 END, kind, subject, file, line
