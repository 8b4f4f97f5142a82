SELECT release, finding_id, rule, severity, goal, domain, file, line, subject, message, effort_minutes, fingerprint
FROM findings WHERE release = ?1 ORDER BY file, line, rule, fingerprint
