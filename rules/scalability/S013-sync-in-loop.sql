-- id: S013
-- title: fsync in a loop
-- goal: scalability
-- severity: info
-- effort: 60
-- since: 0.1.0
-- task: file: Gather the fsyncs of {file}
-- why: Each waits for the disk, some milliseconds: the loop does a hundred turns a second, on whatever machine.
-- fix: 1. Write all, then sync once (the directory too, where files were made).
--   2. Group commits: one sync for all that wait.
-- example: git 2.39, wrapper.c:539: fsync_loop calls fsync in a loop
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls ' || c.callee
  || ' in a loop' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('fsync', 'fdatasync', 'sync', 'syncfs')
  AND c.in_loop
