SELECT printf('%d unit%s: %d complete, %d partial, %d failed', count(*), iif(count(*) = 1, '', 's'), sum(status = 'ok'), sum(status = 'partial'), sum(status = 'failed'))
FROM units WHERE release = ?1
UNION ALL SELECT printf('%d file%s, %d line%s of code, %d function%s', files, iif(files = 1, '', 's'), lines, iif(lines = 1, '', 's'),
  functions, iif(functions = 1, '', 's')) FROM (SELECT count(*) AS files, coalesce(sum(code_lines), 0) AS lines,
  (SELECT functions FROM releases WHERE release = ?1) AS functions FROM files WHERE release = ?1)
UNION ALL SELECT printf('%d direct call%s, %d indirect one%s', sum(how = 1), iif(sum(how = 1) = 1, '', 's'), sum(how = 2),
  iif(sum(how = 2) = 1, '', 's')) ||
  coalesce((SELECT printf(' (%d of %d site%s through pointers %s candidates)', seen, total, iif(total = 1, '', 's'),
   iif(seen = 1, 'has', 'have')) FROM coverage
   WHERE release = ?1 AND what = 'indirect call sites resolved'), '')
 FROM call c JOIN release r ON r.name = ?1 WHERE c.since <= r.number AND (c.until = 0 OR c.until >= r.number)
UNION ALL SELECT printf('%d domain%s; debt of the codebase %.0f of 100', (SELECT count(*) FROM domains WHERE release = ?1),
  iif((SELECT count(*) FROM domains WHERE release = ?1) = 1, '', 's'),
  (SELECT value FROM metrics WHERE release = ?1 AND scope = 'codebase' AND metric = 'debt_score'))
