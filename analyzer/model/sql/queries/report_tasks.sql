-- ?2: only of that domain
SELECT t.title, t.goal, t.domain, p.why, p.steps, t.priority, t.effort_minutes, t.findings
FROM tasks t LEFT JOIN task_plans p ON p.release = t.release AND p.task_key = t.task_key
WHERE t.release = ?1 AND t.status IN ('open', 'reopened') AND (?2 IS NULL OR t.domain = ?2)
ORDER BY t.priority DESC, t.task_key
