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
-- example: none of git 2.39, redis 7.0, SQLite 3.40 and curl 7.88 has it: the case in tests/rules/R008 shows it
SELECT s.file, s.line, s.caller || ' calls ' || s.callee AS subject, s.caller || ' calls ' || s.callee
  || '; what is exported here leads there' AS message
FROM call_sites s WHERE s.release = :release AND s.callee IN ('exit', '_exit', 'quick_exit', 'abort')
  AND EXISTS (SELECT 1 FROM entry_points e WHERE e.release = :release AND e.kind = 'export')
  AND NOT EXISTS (SELECT 1 FROM entry_points m WHERE m.release = :release AND m.kind = 'main')
