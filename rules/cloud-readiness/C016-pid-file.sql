-- id: C016
-- title: A pid file
-- goal: cloud-readiness
-- severity: minor
-- effort: 20
-- since: 0.1.0
-- task: file: Leave the pid file of {file} to those who ask for it
-- why: In a container the pid is always the same, and a file left by a killed instance keeps the next one from
--   starting.
-- fix: 1. Write one only where an option names it.
--   2. To keep a second instance out, lock a file (flock), which ends with the process.
-- example: cron 3.0pl1, misc.c:299: acquire_daemonlock uses the pid file /var/run/crond.pid, whatever an option
--   says
SELECT l.file, l.line, l.text AS subject, l.caller || ' uses the pid file ' || l.text AS message
FROM literals l WHERE l.release = :release AND l.text LIKE '%.pid' AND l.file IS NOT NULL
  AND l.callee IN ('open', 'open64', 'fopen', 'fopen64', 'unlink', 'creat', 'access', 'stat', 'snprintf', 'sprintf', 'asprintf',
  'strcpy', 'strncpy', 'strdup')
