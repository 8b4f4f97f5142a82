-- id: S003
-- title: A blocking call near an event loop
-- goal: scalability
-- severity: major
-- effort: 120
-- since: 0.1.0
-- task: subject: Keep the event loop from waiting: {subject}
-- parameter: max_depth = 3: calls between the event loop and the blocking call, at most
-- why: One thread serves everybody in turn: while it waits in this call, nobody else is served.
-- fix: 1. Names: resolve in a thread, or use a resolver that works with descriptors (c-ares, getaddrinfo_a).
--   2. sleep: a timer of the loop.
--   3. Children: SIGCHLD or a pidfd in the loop instead of wait.
--   4. Disk: a thread, or io_uring.
-- example: libuv 1.44, src/unix/stream.c:559: uv__server_io calls nanosleep within 1 call of the event loop of
--   uv__io_poll
WITH RECURSIVE loops AS (SELECT DISTINCT caller_id, caller FROM call_sites WHERE release = :release
  AND callee IN ('epoll_wait', 'epoll_pwait', 'kevent') AND NOT is_under_lock),
near(id, root, depth) AS (SELECT caller_id, caller, 0 FROM loops
  UNION SELECT c.callee_id, n.root, n.depth + 1 FROM near n JOIN calls c ON c.release = :release
  AND c.caller_id = n.id AND c.callee_file IS NOT NULL AND c.confidence >= 0.5
  WHERE n.depth < :max_depth)
SELECT file, line, subject, message FROM (SELECT s.file, s.line, s.caller || ' calls ' || s.callee AS subject,
  s.caller || ' calls ' || s.callee
  || ' within ' || n.depth || ' calls of the event loop of ' || n.root AS message,
  row_number() OVER (PARTITION BY s.caller_id, s.callee ORDER BY n.depth, n.root, s.line) AS rank
FROM near n JOIN call_sites s ON s.release = :release AND s.caller_id = n.id
  AND s.callee IN ('sleep', 'usleep', 'nanosleep', 'system', 'popen', 'getaddrinfo', 'gethostbyname',
  'gethostbyaddr', 'getnameinfo', 'wait', 'fsync'))
WHERE rank = 1
