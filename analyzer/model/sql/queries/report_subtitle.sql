SELECT CASE WHEN ?2 IS NULL THEN
  (SELECT printf('%d files · %,d functions · %,d lines of code · debt %.0f of 100', count(*), (SELECT functions FROM releases WHERE release = ?1),
     sum(code_lines), (SELECT value FROM metrics WHERE release = ?1 AND scope = 'codebase' AND metric = 'debt_score'))
   FROM files WHERE release = ?1)
ELSE (SELECT printf('domain %s · %d files · %,d functions · %,d lines of code · debt %.0f of 100', domain, files, functions, lines, debt_score)
   FROM domains WHERE release = ?1 AND domain = ?2) END,
  (SELECT observations FROM releases WHERE release = ?1)
