-- id: C008
-- title: Log lines that go to syslog
-- goal: cloud-readiness
-- severity: minor
-- effort: 60
-- since: 0.1.0
-- task: codebase: Log to stderr
-- why: In a container there is no syslog: the lines are lost, or the process waits for a socket that is not there.
-- fix: 1. Write lines (better: JSON) to stderr and let the platform gather them.
--   2. Keep syslog as an option for those who run it on a machine of their own.
-- example: git 2.39, daemon.c:93: logreport calls syslog
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls '
  || c.callee AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('openlog', 'syslog',
  'vsyslog')
