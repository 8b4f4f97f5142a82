-- Tasks by falling priority with why and how. ?2 weights (JSON: goal -> weight): the priority is computed anew, as check/tasks.c does,
-- and goals of weight 0 are left out; ?3 status (NULL: what is to be done: open and reopened; "all"), ?4 domain, ?5 least severity
-- of the worst finding, ?6 rule. Tasks and what their findings weigh are
-- rows of one list, grouped: a join of the views would take time by the product of both.
WITH carried AS MATERIALIZED (SELECT t.id FROM file_domains d JOIN text t ON t.value = d.file
  WHERE ?2 IS NOT NULL AND d.release = ?1 AND d.told = 'vendored'),
listed AS (SELECT t.task_key, t.title, t.goal, t.domain, t.status, t.rule, t.why, t.steps, t.reason, t.priority, t.effort_minutes,
  t.findings, t.score_change, NULL AS weight, NULL AS severity
  FROM release r JOIN task t ON t.since <= r.number AND (t.until = 0 OR t.until >= r.number) WHERE r.name = ?1
  UNION ALL SELECT f.task, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  CASE sv.value WHEN 'info' THEN 1 WHEN 'minor' THEN 2 WHEN 'major' THEN 10 ELSE 30 END
    * CASE WHEN dm.value = 'tests' OR dm.value GLOB 'tests-*' OR f.file IN (SELECT id FROM carried) THEN 0.25 ELSE 1 END,
  CASE sv.value WHEN 'info' THEN 0 WHEN 'minor' THEN 1 WHEN 'major' THEN 2 ELSE 3 END
  FROM release r JOIN finding f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
  LEFT JOIN text sv ON sv.id = f.severity LEFT JOIN text dm ON dm.id = f.domain WHERE r.name = ?1),
grouped AS (SELECT task_key, max(title) AS title, max(goal) AS goal, max(domain) AS domain, max(status) AS status, max(rule) AS rule,
  max(why) AS why, max(steps) AS steps, max(reason) AS reason, max(priority) AS priority, max(effort_minutes) AS effort_minutes,
  max(findings) AS findings, max(score_change) AS score_change,
  max(weight) * (1 + (count(weight) - 1) / (count(weight) + 9.0)) AS benefit, max(severity) AS worst
  FROM listed GROUP BY task_key HAVING count(title)),
ranked AS (SELECT tk.value AS task_key, ti.value AS title, go.value AS goal, dm.value AS domain, st.value AS status, ru.value AS rule,
  wy.value AS why, sp.value AS steps, coalesce(re.value, '') AS reason, t.worst, t.effort_minutes, t.findings, t.score_change,
  CASE WHEN ?2 IS NULL THEN t.priority
    ELSE coalesce(json_extract(?2, '$."' || go.value || '"'), 0) * t.benefit / (4 + t.effort_minutes / 60.0)
      * (1 + max(0, -coalesce(t.score_change, 0))) END AS rank
  FROM grouped t JOIN text tk ON tk.id = t.task_key LEFT JOIN text ti ON ti.id = t.title LEFT JOIN text go ON go.id = t.goal
  LEFT JOIN text dm ON dm.id = t.domain LEFT JOIN text st ON st.id = t.status LEFT JOIN text ru ON ru.id = t.rule
  LEFT JOIN text wy ON wy.id = t.why LEFT JOIN text sp ON sp.id = t.steps LEFT JOIN text re ON re.id = t.reason)
SELECT task_key, title, goal, domain, status, rule, why, steps, reason, worst, rank, effort_minutes, findings, score_change
FROM ranked
WHERE (?3 = 'all' OR (?3 IS NULL AND status IN ('open', 'reopened')) OR status = ?3)
  AND (?2 IS NULL OR coalesce(json_extract(?2, '$."' || goal || '"'), 0) > 0)
  AND (?4 IS NULL OR domain = ?4) AND coalesce(worst, 1) >= CAST(coalesce(?5, 0) AS INTEGER) AND (?6 IS NULL OR rule = ?6)
ORDER BY rank DESC, task_key
