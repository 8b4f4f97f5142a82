-- id: V016
-- title: A reachable function that no traced run entered
-- goal: velocity
-- severity: info
-- effort: 10
-- since: 0.1.0
-- task: file: Check {count} function{s} of {file} that no run entered
-- parameter: min_lines = 10: lines of code of the function, at least
-- why: The source says that it may be called, and no recorded run did: a branch of the product that nobody tests,
--   or that nobody uses any more. Told only where every module of the codebase was built for tracing (-mfentry,
--   -finstrument-functions), so that no call could go unseen.
-- fix: 1. Trace a run that should need it.
--   2. If there is none, ask who still wants it; remove it, or write the test.
-- example: Lua 5.4.4, src/lapi.c:131: lua_xmove can be reached, but a traced run of a script that sorts and formats
--   did not enter it
SELECT f.file, f.line, f.name AS subject, f.name || ' can be reached, but no traced run entered it' AS message
FROM functions f JOIN (SELECT DISTINCT file FROM functions WHERE release = :release
  AND is_observed) s ON s.file = f.file
WHERE f.release = :release AND f.is_reachable AND NOT f.is_observed AND f.code_lines >= :min_lines
  AND EXISTS (SELECT 1 FROM coverage v WHERE v.release = :release AND v.seen > 0
  AND v.what IN ('modules traced in mode fentry', 'modules traced in mode instrument'))
  AND NOT EXISTS (SELECT 1 FROM coverage v WHERE v.release = :release AND v.seen > 0
  AND v.what IN ('modules traced in mode plt', 'modules traced in mode patch'))
