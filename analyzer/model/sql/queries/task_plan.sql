-- A task, and what its priority is made of: the worth of its worst finding (see check/tasks.h), whether that is in tests or in code of
-- others.
WITH carried AS MATERIALIZED (SELECT file FROM file_domains WHERE release = ?1 AND told = 'vendored'),
worth AS (SELECT CASE f.severity WHEN 'info' THEN 1 WHEN 'minor' THEN 2 WHEN 'major' THEN 10 ELSE 30 END AS worth,
  coalesce(f.domain = 'tests' OR f.domain GLOB 'tests-*' OR f.file IN (SELECT file FROM carried), 0) AS is_aside, f.severity
  FROM task_findings tf JOIN findings f ON f.release = tf.release AND f.finding_id = tf.finding_id
  WHERE tf.release = ?1 AND tf.task_key = ?2),
worst AS (SELECT worth * CASE WHEN is_aside THEN 0.25 ELSE 1 END AS worth, is_aside, severity FROM worth ORDER BY 1 DESC, 2 LIMIT 1)
SELECT t.title, t.goal, t.status, t.priority, t.effort_minutes, t.findings, p.rule, p.why, p.steps, p.reason, t.task_key,
  t.score_change, (SELECT value FROM metrics m WHERE m.release = t.release AND m.scope = 'codebase' AND m.metric = 'debt_score'),
  w.worth, w.is_aside, w.severity
FROM tasks t JOIN task_plans p ON p.release = t.release AND p.task_key = t.task_key LEFT JOIN worst w
WHERE t.release = ?1 AND t.task_key = ?2
