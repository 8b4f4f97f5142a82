-- From release ?3 to ?1; ?2: only what is about that domain. Rows: kind, what. Dependencies are what the source says: one that only runs
-- show is no change where one release was traced and the other was not.
WITH numbers(place, name, was, now) AS (
  SELECT 1, 'files', (SELECT coalesce(sum(files), 0) FROM domains WHERE release = ?3 AND (?2 IS NULL OR domain = ?2)),
    (SELECT coalesce(sum(files), 0) FROM domains WHERE release = ?1 AND (?2 IS NULL OR domain = ?2))
  UNION ALL SELECT 2, 'functions', (SELECT coalesce(sum(functions), 0) FROM domains WHERE release = ?3 AND (?2 IS NULL OR domain = ?2)),
    (SELECT coalesce(sum(functions), 0) FROM domains WHERE release = ?1 AND (?2 IS NULL OR domain = ?2))
  UNION ALL SELECT 3, 'lines of code', (SELECT coalesce(sum(lines), 0) FROM domains WHERE release = ?3 AND (?2 IS NULL OR domain = ?2)),
    (SELECT coalesce(sum(lines), 0) FROM domains WHERE release = ?1 AND (?2 IS NULL OR domain = ?2))),
debts AS (SELECT 4 AS place, subject AS name,
    (SELECT value FROM metrics WHERE release = ?3 AND scope = m.scope AND subject = m.subject AND metric = 'debt_score') AS was, value AS now
  FROM metrics m WHERE release = ?1 AND metric = 'debt_score' AND (scope = 'codebase' AND ?2 IS NULL OR scope = 'domain' AND (?2 IS NULL OR subject = ?2))),
parts_was AS MATERIALIZED (SELECT domain, files, lines FROM domains WHERE release = ?3),
parts_now AS MATERIALIZED (SELECT domain, files, lines FROM domains WHERE release = ?1),
links_was AS MATERIALIZED (SELECT from_domain, to_domain, weight FROM domain_dependencies WHERE release = ?3 AND weight > 0),
links_now AS MATERIALIZED (SELECT from_domain, to_domain, weight FROM domain_dependencies WHERE release = ?1 AND weight > 0),
tasks_was AS MATERIALIZED (SELECT task_key, title, domain, status, priority FROM tasks WHERE release = ?3),
tasks_now AS MATERIALIZED (SELECT task_key, title, domain, status, priority FROM tasks WHERE release = ?1),
lines(place, weight, domain, other, kind, text) AS (
  SELECT place, 0, NULL, NULL, 'number', printf('%s: %,d → %,d (%+d)', name, was, now, now - was) FROM numbers WHERE was <> now
  UNION ALL SELECT 4, -abs(now - was), nullif(name, ''), NULL, 'debt',
    printf('debt%s: %.1f → %.1f (%+.1f)', CASE WHEN name = '' THEN '' ELSE ' of ' || name END, was, now, now - was)
    FROM debts WHERE abs(now - was) >= 0.05
  UNION ALL SELECT 5, -lines, domain, NULL, 'part', printf('new part %s: %d file%s, %,d lines', domain, files, iif(files = 1, '', 's'), lines)
    FROM parts_now WHERE domain NOT IN (SELECT domain FROM parts_was)
  UNION ALL SELECT 6, -lines, domain, NULL, 'part', printf('part %s is gone: it had %d file%s, %,d lines', domain, files, iif(files = 1, '', 's'), lines)
    FROM parts_was WHERE domain NOT IN (SELECT domain FROM parts_now)
  UNION ALL SELECT 7, -n.weight, n.from_domain, n.to_domain, 'dependency',
      printf('new dependency %s → %s in %.0f place%s', n.from_domain, n.to_domain, max(1, n.weight), iif(n.weight < 1.5, '', 's'))
    FROM links_now n LEFT JOIN links_was w ON w.from_domain = n.from_domain AND w.to_domain = n.to_domain
    WHERE w.weight IS NULL AND n.from_domain <> n.to_domain
  UNION ALL SELECT 8, -w.weight, w.from_domain, w.to_domain, 'dependency',
      printf('dependency %s → %s is gone (it was in %.0f place%s)', w.from_domain, w.to_domain, max(1, w.weight), iif(w.weight < 1.5, '', 's'))
    FROM links_was w LEFT JOIN links_now n ON w.from_domain = n.from_domain AND w.to_domain = n.to_domain
    WHERE n.weight IS NULL AND w.from_domain <> w.to_domain
  UNION ALL SELECT 9, -n.priority, n.domain, NULL, 'task', 'to do: ' || n.title FROM tasks_now n
    WHERE n.status IN ('open', 'reopened') AND n.task_key NOT IN (SELECT task_key FROM tasks_was WHERE status IN ('open', 'reopened'))
  UNION ALL SELECT 10, -w.priority, w.domain, NULL, 'task', 'done: ' || w.title FROM tasks_was w
    WHERE w.status IN ('open', 'reopened') AND w.task_key NOT IN (SELECT task_key FROM tasks_now WHERE status <> 'done'))
SELECT kind, text FROM lines WHERE ?2 IS NULL OR domain IS NULL AND place <= 3 OR domain = ?2 OR other = ?2
ORDER BY place, weight, text
