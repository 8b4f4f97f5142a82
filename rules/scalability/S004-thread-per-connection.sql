-- id: S004
-- title: A thread or process for each connection
-- goal: scalability
-- severity: major
-- effort: 240
-- since: 0.1.0
-- task: subject: Bound what {subject} starts
-- why: Each costs a stack and a place with the scheduler: with the number of clients the number of threads grows,
--   until none gets any work done.
-- fix: 1. Start a fixed number of workers and hand them work through a queue.
--   2. Or count them, and wait before the next accept when there are enough.
-- example: git 2.39, run-command.c:767: start_command starts a process for each connection that service_loop accepts in
--   a loop
WITH RECURSIVE near(id, root, depth) AS (SELECT DISTINCT caller_id, caller, 0 FROM call_sites
  WHERE release = :release AND callee IN ('accept', 'accept4') AND in_loop
  UNION SELECT c.callee_id, n.root, n.depth + 1 FROM near n JOIN calls c ON c.release = :release
  AND c.caller_id = n.id AND c.callee_file IS NOT NULL AND c.how = 'direct'
  WHERE n.depth < 2)
SELECT s.file, s.line, s.caller AS subject, s.caller || ' starts a '
  || CASE s.callee WHEN 'fork' THEN 'process' ELSE 'thread' END || ' for each connection that ' || n.root
  || ' accepts in a loop' AS message
FROM near n JOIN call_sites s ON s.release = :release AND s.caller_id = n.id
  AND s.callee IN ('pthread_create', 'thrd_create', 'fork')
