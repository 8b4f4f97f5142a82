SELECT t.task_key AS task, t.title, round(t.priority, 2) AS priority, t.goal, t.domain, t.effort_minutes AS effort, t.findings, t.status,
  p.rule, p.why, p.steps, p.reason
FROM tasks t LEFT JOIN task_plans p ON p.release = t.release AND p.task_key = t.task_key
WHERE t.release = ?1 ORDER BY t.status = 'done', t.status = 'accepted', t.priority DESC, t.task_key
