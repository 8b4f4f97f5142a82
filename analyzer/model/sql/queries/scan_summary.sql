SELECT printf('%d units: %d complete, %d partial, %d failed', count(*), sum(status = 'ok'), sum(status = 'partial'), sum(status = 'failed'))
FROM units WHERE release = ?1
UNION ALL SELECT printf('%d files, %d lines of code, %d functions', count(*), sum(code_lines),
  (SELECT functions FROM releases WHERE release = ?1)) FROM files WHERE release = ?1
UNION ALL SELECT printf('%d direct calls, %d indirect ones', sum(how = 1), sum(how = 2)) ||
  coalesce((SELECT printf(' (%d of %d sites through pointers have candidates)', seen, total) FROM coverage
   WHERE release = ?1 AND what = 'indirect call sites resolved'), '')
 FROM call c JOIN release r ON r.name = ?1 WHERE c.since <= r.number AND (c.until = 0 OR c.until >= r.number)
UNION ALL SELECT printf('%d domains; debt of the codebase %.0f of 100', (SELECT count(*) FROM domains WHERE release = ?1),
  (SELECT value FROM metrics WHERE release = ?1 AND scope = 'codebase' AND metric = 'debt_score'))
