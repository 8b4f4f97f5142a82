-- id: C006
-- title: A program that puts itself into the background
-- goal: cloud-readiness
-- severity: major
-- effort: 60
-- since: 0.1.0
-- task: file: Let {file} run in the foreground, too
-- why: A container lives as long as its first process: one that forks and leaves looks as if it had ended, and
--   nobody hears its output or its signals.
-- fix: 1. Stay in the foreground by default; keep --daemon for those who ask for it.
--   2. Log to stderr; leave pid files, restarts and rotation to the supervisor.
-- example: git 2.39, setup.c:1715: daemonize forks and leaves its session
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller
  || CASE c.callee WHEN 'daemon' THEN ' calls daemon' ELSE ' forks and leaves its session' END AS message
FROM call_sites c WHERE c.release = :release AND (c.callee = 'daemon' OR (c.callee = 'setsid'
  AND EXISTS (SELECT 1 FROM call_sites f WHERE f.release = :release AND f.caller_id = c.caller_id
  AND f.callee = 'fork') -- and not for what it starts: a job, a shell on a terminal of its own
  AND NOT EXISTS (SELECT 1 FROM call_sites e WHERE e.release = :release AND e.caller_id = c.caller_id
  AND (e.callee LIKE 'exec%' OR e.callee IN ('posix_spawn', 'login_tty', 'ptsname', 'grantpt', 'setpgid')))
  AND c.caller NOT LIKE '%forkpty%'))
