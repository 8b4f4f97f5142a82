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
-- example: none in 62 codebases, all of which handle it (see tests/rules/README.md): the case in tests/rules/R011
--   shows it
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
  AND NOT EXISTS (SELECT 1 FROM public_headers WHERE release = :release AND reason = 'installed') -- a library: programs decide
ORDER BY c.file, c.line LIMIT 1
