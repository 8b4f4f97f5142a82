SELECT rule, severity, coalesce(file || CASE WHEN line > 0 THEN ':' || line ELSE '' END, domain, '') AS place, message
FROM findings WHERE release = ?1 AND (?2 IS NULL OR rule = ?2) AND (?3 IS NULL OR goal = ?3)
  AND (?4 IS NULL OR CASE severity WHEN 'info' THEN 0 WHEN 'minor' THEN 1 WHEN 'major' THEN 2 ELSE 3 END >= CAST(?4 AS INTEGER))
  AND (?5 IS NULL OR domain = ?5)
ORDER BY CASE severity WHEN 'info' THEN 0 WHEN 'minor' THEN 1 WHEN 'major' THEN 2 ELSE 3 END DESC, rule, file, line, fingerprint
