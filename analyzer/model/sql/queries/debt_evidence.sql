-- Where the points of a subject come from, the costliest first: ?2 scope, ?3 subject.
WITH mine AS MATERIALIZED (SELECT file FROM files WHERE release = ?1 AND CASE ?2 WHEN 'file' THEN file = ?3 WHEN 'domain' THEN domain = ?3
  ELSE 1 END)
SELECT * FROM (SELECT 'finding' AS what, file || ':' || line AS place, printf('%s %d min', rule, effort_minutes) AS measure, message AS detail
  FROM findings WHERE release = ?1 AND CASE ?2 WHEN 'domain' THEN domain = ?3 WHEN 'file' THEN file = ?3 ELSE 1 END
  ORDER BY effort_minutes DESC, file, line LIMIT 10)
UNION ALL SELECT * FROM (SELECT 'function', file || ':' || line, printf('cognitive %d', cognitive), name FROM functions
  WHERE release = ?1 AND file IN mine AND cognitive > 0 ORDER BY cognitive DESC, file, line LIMIT 5)
UNION ALL SELECT * FROM (SELECT 'crossing', x.from_file || ' -> ' || x.to_file, printf('%g places', sum(x.weight)), t.domain
  FROM dependencies x JOIN files f ON f.release = x.release AND f.file = x.from_file JOIN files t ON t.release = x.release AND
  t.file = x.to_file WHERE x.release = ?1 AND x.from_file IN mine AND x.kind NOT IN ('include', 'indirect') AND f.domain <> t.domain
  GROUP BY x.from_file, x.to_file ORDER BY sum(x.weight) DESC, x.from_file, x.to_file LIMIT 5)
UNION ALL SELECT * FROM (SELECT 'cycle', from_name || ':' || line, printf('%g places', cost), 'needs ' || to_name || ', which needs it in turn'
  FROM cycle_cuts WHERE release = ?1 AND scope = 'file' AND (from_name IN mine OR to_name IN mine) ORDER BY cost, from_name, to_name LIMIT 5)
UNION ALL SELECT * FROM (SELECT CASE is_fix WHEN 1 THEN 'fix' ELSE 'change' END, file, printf('+%d -%d lines', lines_added, lines_removed),
  'commit ' || substr(commit_id, 1, 12) || ', ' || date(time, 'unixepoch')
  FROM changes WHERE release = ?1 AND file IN mine AND files <= 100 ORDER BY is_fix DESC, time DESC, commit_id, file LIMIT 5)
