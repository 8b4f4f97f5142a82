-- id: S005
-- title: Processes started in a loop
-- goal: scalability
-- severity: minor
-- effort: 240
-- since: 0.1.0
-- task: subject: Bound the processes of {subject}
-- why: Starting a process costs milliseconds and memory for each item: it is the first thing that stops scaling.
-- fix: 1. Give one process many items (xargs, a batch protocol), or keep workers.
--   2. posix_spawn instead of fork where the parent is large.
-- example: redis 7.0, src/sentinel.c:840: sentinelRunPendingScripts calls fork in a loop
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls ' || c.callee
  || ' in a loop' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('fork', 'vfork', 'system', 'popen',
  'posix_spawn') AND c.in_loop
