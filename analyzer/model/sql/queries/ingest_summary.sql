WITH f AS (SELECT count(*) AS total, coalesce(sum(is_observed), 0) AS seen FROM functions WHERE release = ?1),
c AS (SELECT count(*) AS seen, coalesce(sum(how = 'observed'), 0) AS beyond, coalesce(sum(how = 'indirect'), 0) AS indirect,
  coalesce(sum(observed_how IN ('sampled', 'stack')), 0) AS weak FROM calls WHERE release = ?1 AND observed_count > 0),
q AS (SELECT kind, count(*) AS n FROM resources WHERE release = ?1 GROUP BY kind),
w AS (SELECT what, seen, total FROM coverage WHERE release = ?1),
lines AS (
SELECT 1 AS at, printf('%d of %d functions seen (%.1f %%), %d call edge%s', seen, total, 100.0 * seen / max(total, 1), (SELECT seen FROM c),
  iif((SELECT seen FROM c) = 1, '', 's')) ||
  iif((SELECT weak FROM c), printf(', %d of them only in samples or stacks', (SELECT weak FROM c)), '') AS line FROM f
UNION ALL
SELECT 2, printf('%d call%s through pointers confirmed, %d call%s that the source does not show', indirect, iif(indirect = 1, '', 's'),
  beyond, iif(beyond = 1, '', 's')) FROM c
  WHERE indirect + beyond > 0
UNION ALL
SELECT 3, printf('%d resource%s: ', sum(n), iif(sum(n) = 1, '', 's')) || group_concat(kind || ' ' || n, ', ') FROM (SELECT kind, n FROM q ORDER BY n DESC, kind)
  HAVING sum(n) > 0
UNION ALL
SELECT 4, 'modules by mode: ' || group_concat(substr(what, 24) || ' ' || seen, ', ') FROM
  (SELECT what, seen FROM w WHERE what LIKE 'modules traced in mode %' ORDER BY seen DESC, what) HAVING count(*) > 0
UNION ALL
SELECT 5, printf('%d of %d functions in them recorded in mode %s', seen, total, substr(what, 28)) FROM w
  WHERE what LIKE 'functions recorded in mode %' AND total > 0
UNION ALL
SELECT 6, what FROM w WHERE what LIKE 'module %: plt, %' AND what NOT LIKE '%: plt, asked for'
UNION ALL
SELECT 6, 'nothing that ran is of the codebase: calls within it are not recorded; --mode patch records them' WHERE
  EXISTS (SELECT 1 FROM w WHERE what LIKE 'modules: plt, not of the codebase%')
  AND NOT EXISTS (SELECT 1 FROM w WHERE what LIKE 'modules: %belongs to%' OR what LIKE 'module %' OR what LIKE 'modules: %built with%')
UNION ALL
SELECT 7, printf('LOST: %d', seen) || CASE WHEN seen < total THEN ' of ' || total ELSE '' END || ' ' || substr(what, 7) FROM w
  WHERE what LIKE 'lost: %')
SELECT line FROM lines ORDER BY at, line
