SELECT release, task_key, title, priority, goal, domain, effort_minutes, findings, status FROM tasks WHERE release = ?1
ORDER BY priority DESC, task_key
