SELECT t.title, t.goal, t.status, t.priority, t.effort_minutes, t.findings, p.rule, p.why, p.steps, p.reason, t.task_key,
  t.score_change, (SELECT value FROM metrics m WHERE m.release = t.release AND m.scope = 'codebase' AND m.metric = 'debt_score')
FROM tasks t JOIN task_plans p ON p.release = t.release AND p.task_key = t.task_key
WHERE t.release = ?1 AND t.task_key = ?2
