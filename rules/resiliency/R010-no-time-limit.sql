-- id: R010
-- title: Sockets without a time limit
-- goal: resiliency
-- severity: major
-- effort: 60
-- since: 0.1.0
-- task: file: Set time limits on the sockets of {file}
-- why: A peer that accepts and then says nothing holds the thread until somebody restarts the process.
-- fix: 1. setsockopt SO_RCVTIMEO and SO_SNDTIMEO, or
--   2. a non-blocking socket and poll with a limit; connect too.
-- example: mlmmj 1.3.0, src/init_sockfd.c:55: init_sockfd connects to the relay, whose answers mlmmj-send then waits for as long as
--   it takes
SELECT c.file, c.line, c.caller AS subject, c.caller
  || ' connects, and nothing in the codebase sets a time limit on sockets or waits with one' AS message
FROM call_sites c WHERE c.release = :release AND c.callee = 'connect'
  AND NOT EXISTS (SELECT 1 FROM constants o WHERE o.release = :release AND o.callee = 'setsockopt'
  AND o.argument = 2 AND o.value IN (20, 21, 66, 67, 18))
  AND NOT EXISTS (SELECT 1 FROM call_sites p WHERE p.release = :release AND p.callee IN ('poll', 'ppoll',
  'select', 'pselect', 'epoll_wait', 'kevent', 'alarm', 'setitimer', 'event_set', 'event_assign', 'event_new', 'uv_run', 'ev_run',
  'g_main_loop_run', 'io_uring_wait_cqe_timeout'))
  AND NOT EXISTS (SELECT 1 FROM units WHERE release = :release AND errors > 0)
