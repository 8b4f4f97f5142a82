-- Tasks by falling priority with why and how. ?2 weights (JSON: goal -> weight): the priority is computed anew, as check/tasks.c does,
-- and goals of weight 0 are left out; ?3 status (NULL: what is to be done: open and reopened; "all"), ?4 domain, ?5 least severity
-- of the worst finding, ?6 rule.
WITH worth AS MATERIALIZED (SELECT tf.task_key,
  min(40.0, sum(CASE f.severity WHEN 'info' THEN 1 WHEN 'minor' THEN 2 WHEN 'major' THEN 5 ELSE 10 END)) AS benefit,
  max(CASE f.severity WHEN 'info' THEN 0 WHEN 'minor' THEN 1 WHEN 'major' THEN 2 ELSE 3 END) AS worst
  FROM task_findings tf JOIN findings f ON f.finding_id = tf.finding_id AND f.release = tf.release
  WHERE tf.release = ?1 GROUP BY tf.task_key),
ranked AS (SELECT t.*, w.worst, p.rule, p.why, p.steps, p.reason,
  CASE WHEN ?2 IS NULL THEN t.priority
    ELSE coalesce(json_extract(?2, '$."' || t.goal || '"'), 0) * coalesce(w.benefit, 0) / (1 + t.effort_minutes / 60.0) END AS rank
  FROM tasks t JOIN task_plans p ON p.release = t.release AND p.task_key = t.task_key
  LEFT JOIN worth w ON w.task_key = t.task_key WHERE t.release = ?1)
SELECT task_key, title, goal, domain, status, rule, why, steps, reason, worst, rank, effort_minutes, findings
FROM ranked
WHERE (?3 = 'all' OR (?3 IS NULL AND status IN ('open', 'reopened')) OR status = ?3)
  AND (?2 IS NULL OR coalesce(json_extract(?2, '$."' || goal || '"'), 0) > 0)
  AND (?4 IS NULL OR domain = ?4) AND coalesce(worst, 1) >= CAST(coalesce(?5, 0) AS INTEGER) AND (?6 IS NULL OR rule = ?6)
ORDER BY rank DESC, task_key
