-- The releases up to this one, oldest first: what the numbers were.
WITH lines AS MATERIALIZED (SELECT release, count(*) AS files, sum(code_lines) AS lines FROM files GROUP BY release),
found AS MATERIALIZED (SELECT release, count(*) AS n FROM findings GROUP BY release),
open AS MATERIALIZED (SELECT release, count(*) AS n FROM tasks WHERE status IN ('open', 'reopened') GROUP BY release),
m AS MATERIALIZED (SELECT release, metric, value FROM metrics WHERE scope = 'codebase')
SELECT v.release, v.created_at, v.git_commit AS "commit", v.functions, v.calls, v.observations, coalesce(lines.files, 0) AS files,
  coalesce(lines.lines, 0) AS lines, coalesce(found.n, 0) AS findings, coalesce(open.n, 0) AS tasks,
  (SELECT value FROM m WHERE m.release = v.release AND metric = 'debt_score') AS debt,
  (SELECT value FROM m WHERE m.release = v.release AND metric = 'propagation_cost') AS propagation,
  (SELECT value FROM m WHERE m.release = v.release AND metric = 'cycle_groups') AS cycles,
  (SELECT value FROM m WHERE m.release = v.release AND metric = 'largest_cycle') AS largest_cycle
FROM release r JOIN releases v ON v.release = r.name
LEFT JOIN lines ON lines.release = r.name LEFT JOIN found ON found.release = r.name LEFT JOIN open ON open.release = r.name
WHERE r.number <= (SELECT number FROM release WHERE name = ?1) ORDER BY r.number DESC LIMIT 60
