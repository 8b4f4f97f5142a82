SELECT f.finding_id AS id, f.rule, f.severity, f.goal, f.domain, f.file, f.line, f.subject, f.message, f.effort_minutes AS effort,
  f.fingerprint, t.task_key AS task
FROM findings f LEFT JOIN task_findings t ON t.release = f.release AND t.finding_id = f.finding_id
WHERE f.release = ?1 ORDER BY f.file, f.line, f.rule, f.subject, f.fingerprint
LIMIT coalesce(CAST(?2 AS INTEGER), -1) OFFSET coalesce(CAST(?3 AS INTEGER), 0)
