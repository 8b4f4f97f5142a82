-- id: R011
-- title: A server that the first lost client kills
-- goal: resiliency
-- severity: major
-- effort: 10
-- since: 0.1.0
-- task: codebase: Handle SIGPIPE
-- why: Writing to a connection that the other side closed sends SIGPIPE, which ends the process, unless somebody
--   asked otherwise.
-- fix: 1. signal(SIGPIPE, SIG_IGN) at start, and look at EPIPE, or
--   2. send(..., MSG_NOSIGNAL) everywhere.
-- example: iperf 3.0.12, src/iperf_server_api.c:136: iperf_accept serves connections, and a client that closes its control
--   connection while the server writes to it ends the server (mended in 3.2)
WITH RECURSIVE up(id) AS (SELECT caller_id FROM call_sites WHERE release = :release AND callee IN ('accept', 'accept4')
  UNION SELECT c.caller_id FROM up u JOIN calls c ON c.release = :release AND c.callee_id = u.id),
near(id, depth) AS (SELECT DISTINCT caller_id, 0 FROM call_sites WHERE release = :release AND callee IN ('accept', 'accept4')
  UNION SELECT c.callee_id, n.depth + 1 FROM near n JOIN calls c ON c.release = :release AND c.caller_id = n.id
  AND c.callee_file IS NOT NULL AND c.how = 'direct' WHERE n.depth < 2)
SELECT c.file, c.line, 'SIGPIPE' AS subject, c.caller
  || ' serves connections, and nothing in the codebase handles SIGPIPE' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('accept', 'accept4')
  AND EXISTS (SELECT 1 FROM call_sites w WHERE w.release = :release AND w.callee IN ('write', 'send',
  'writev', 'sendmsg', 'fwrite', 'fprintf'))
  AND NOT EXISTS (SELECT 1 FROM constants o WHERE o.release = :release AND o.callee IN ('signal',
  'sigaction', 'sigaddset', 'bsd_signal') AND o.value = 13)
  AND NOT EXISTS (SELECT 1 FROM call_sites b WHERE b.release = :release AND b.callee IN ('sigfillset'))
  AND NOT EXISTS (SELECT 1 FROM call_sites s WHERE s.release = :release AND s.callee IN ('signal', 'sigaction',
  'bsd_signal') AND NOT EXISTS (SELECT 1 FROM constants o WHERE o.release = :release AND o.caller_id = s.caller_id
  AND o.callee = s.callee AND o.argument = 0)) -- of any signal that it is given
  AND NOT EXISTS (SELECT 1 FROM units WHERE release = :release AND errors > 0)
  AND (NOT EXISTS (SELECT 1 FROM public_headers WHERE release = :release AND reason = 'installed') -- a library: programs decide
  OR EXISTS (SELECT 1 FROM up u JOIN functions m ON m.release = :release AND m.function_id = u.id AND m.name = 'main'
    AND m.domain NOT LIKE 'tests%' AND m.file NOT LIKE '%example%' AND m.file NOT LIKE '%sample%' AND m.file NOT LIKE '%demo%'))
  AND NOT EXISTS (SELECT 1 FROM near n JOIN call_sites k ON k.release = :release AND k.caller_id = n.id AND k.callee = 'fork'
    AND (k.in_loop OR n.depth > 0) AND NOT EXISTS (SELECT 1 FROM call_sites d WHERE d.release = :release
    AND d.caller_id = n.id AND d.callee = 'setsid' AND n.depth > 0)) -- a process for each: it ends with its connection alone
ORDER BY c.file, c.line LIMIT 1
