-- id: R008
-- title: A library that ends the process
-- goal: resiliency
-- severity: major
-- effort: 60
-- since: 0.1.0
-- task: file: Let {file} return errors instead of ending the process
-- why: The program that uses the library cannot save, clean up or go on: the library decides for it, maybe from a
--   thread.
-- fix: 1. Return an error code and say in the header what it means.
--   2. Where nothing sensible can go on (a broken invariant): assert, which names the place.
-- example: procps 4.0.2, library/readproc.c:1613: look_up_our_self of libproc2 calls _exit where /proc is not
--   mounted
WITH s AS MATERIALIZED (SELECT file, line, caller_id, caller, callee, rtrim(file, replace(file, '/', '')) AS folder
  FROM call_sites WHERE release = :release AND callee IN ('exit', '_exit', 'quick_exit', 'abort')),
product AS MATERIALIZED (SELECT e.kind, g.file FROM entry_points e JOIN functions g ON g.release = :release
  AND g.function_id = e.function_id JOIN files f ON f.release = :release AND f.file = g.file
  WHERE e.release = :release AND e.kind IN ('main', 'export') AND EXISTS (SELECT 1 FROM s)
  AND f.domain <> 'tests' AND f.domain NOT GLOB 'tests-*'),
folders AS MATERIALIZED (SELECT rtrim(file, replace(file, '/', '')) AS folder, max(kind = 'main') AS has_main FROM product GROUP BY 1)
SELECT s.file, s.line, s.caller || ' calls ' || s.callee AS subject, s.caller || ' calls ' || s.callee
  || ' in a folder that exports functions and has no program' AS message,
  CASE s.callee WHEN 'abort' THEN 'minor' ELSE 'major' END AS severity -- a broken invariant, maybe
FROM s JOIN folders l ON l.folder = s.folder AND NOT l.has_main
WHERE (NOT EXISTS (SELECT 1 FROM folders WHERE has_main)
  OR EXISTS (SELECT 1 FROM public_headers WHERE release = :release AND reason = 'installed')) -- beside programs: one that others get
  AND NOT (s.callee IN ('exit', '_exit') AND EXISTS (SELECT 1 FROM call_sites p WHERE p.release = :release AND p.caller_id = s.caller_id
  AND p.callee IN ('fork', 'vfork'))) -- that ends the child
