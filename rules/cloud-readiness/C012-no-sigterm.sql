-- id: C012
-- title: A server that does not hear SIGTERM
-- goal: cloud-readiness
-- severity: major
-- effort: 60
-- since: 0.1.0
-- task: codebase: Handle SIGTERM
-- why: SIGTERM is how a platform says that an instance is to end. As process 1 of a container one without a handler
--   ignores it, and is killed after the grace time, with its clients.
-- fix: 1. A handler that sets a flag; the loop stops accepting, ends what it has, and leaves with 0.
--   2. Say how long that takes at most.
-- example: microsocks 1.0.3, server.c:58: server_setup listens, and of signals the program handles SIGPIPE alone
WITH RECURSIVE up(id) AS (SELECT caller_id FROM call_sites WHERE release = :release AND callee = 'listen'
  UNION SELECT c.caller_id FROM up u JOIN calls c ON c.release = :release AND c.callee_id = u.id)
SELECT c.file, c.line, 'SIGTERM' AS subject, c.caller
  || ' listens, and nothing in the codebase handles SIGTERM' AS message
FROM call_sites c WHERE c.release = :release AND c.callee = 'listen'
  AND NOT EXISTS (SELECT 1 FROM constants n WHERE n.release = :release AND n.caller_id = c.caller_id
  AND n.callee = 'listen' AND n.value = 1)
  AND NOT EXISTS (SELECT 1 FROM constants o WHERE o.release = :release AND o.callee IN ('signal',
  'sigaction', 'sigaddset', 'bsd_signal') AND o.value = 15)
  AND NOT EXISTS (SELECT 1 FROM call_sites s WHERE s.release = :release AND s.callee IN ('signalfd',
  'uv_signal_start', 'event_new', 'event_set', 'event_assign', 'ev_signal_start', 'g_unix_signal_add'))
  AND NOT EXISTS (SELECT 1 FROM call_sites s WHERE s.release = :release AND s.callee IN ('signal', 'sigaction',
  'bsd_signal') AND NOT EXISTS (SELECT 1 FROM constants o WHERE o.release = :release AND o.caller_id = s.caller_id
  AND o.callee = s.callee AND o.argument = 0)) -- of any signal that it is given
  AND NOT EXISTS (SELECT 1 FROM units WHERE release = :release AND errors > 0)
  AND (NOT EXISTS (SELECT 1 FROM public_headers WHERE release = :release AND reason = 'installed') -- a library: programs decide
  OR EXISTS (SELECT 1 FROM up u JOIN functions m ON m.release = :release AND m.function_id = u.id AND m.name = 'main'
    AND m.domain NOT LIKE 'tests%' AND m.file NOT LIKE '%example%' AND m.file NOT LIKE '%sample%' AND m.file NOT LIKE '%demo%'))
ORDER BY c.file, c.line LIMIT 1
