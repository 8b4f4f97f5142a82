-- With weights (?2, JSON: goal -> weight) the priority is computed anew, as check/tasks.c does; ?3 status, ?4 domain.
WITH carried AS MATERIALIZED (SELECT file FROM file_domains WHERE ?2 IS NOT NULL AND release = ?1 AND told = 'vendored'),
benefit AS (SELECT tf.task_key,
  max(CASE f.severity WHEN 'info' THEN 1 WHEN 'minor' THEN 2 WHEN 'major' THEN 10 ELSE 30 END
    * CASE WHEN f.domain = 'tests' OR f.domain GLOB 'tests-*' OR f.file IN (SELECT file FROM carried) THEN 0.25 ELSE 1 END)
  * (1 + (count(*) - 1) / (count(*) + 9.0)) AS worth
  FROM task_findings tf JOIN findings f ON f.finding_id = tf.finding_id AND f.release = tf.release
  WHERE ?2 IS NOT NULL AND tf.release = ?1 GROUP BY tf.task_key),
ranked AS (SELECT t.release, t.task_key, t.title,
  CASE WHEN ?2 IS NULL THEN t.priority
    ELSE coalesce(json_extract(?2, '$."' || t.goal || '"'), 0) * coalesce(b.worth, 0) / (4 + t.effort_minutes / 60.0)
      * (1 + max(0, -coalesce(t.score_change, 0))) END AS priority,
  t.goal, t.domain, t.effort_minutes, t.findings, t.status, t.score_change
  FROM tasks t LEFT JOIN benefit b ON b.task_key = t.task_key WHERE t.release = ?1)
SELECT release, task_key, title, priority, goal, domain, effort_minutes, findings, status, score_change FROM ranked
WHERE (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR domain = ?4)
ORDER BY status = 'done', status = 'accepted', priority DESC, task_key
