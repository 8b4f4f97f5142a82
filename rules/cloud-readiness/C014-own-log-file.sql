-- id: C014
-- title: A log file of its own
-- goal: cloud-readiness
-- severity: minor
-- effort: 60
-- since: 0.1.0
-- task: file: Log to stderr instead of a file in {file}
-- why: Nobody gathers it, nobody rotates it, it fills the container's disk and goes with it.
-- fix: 1. Write to stderr; let the platform gather, rotate and search.
--   2. A setting may still name a file.
-- example: busybox 1.35, util-linux/mdev.c:978: open_mdev_log opens the log file mdev.log
SELECT l.file, l.line, l.text AS subject, l.caller || ' opens the log file ' || l.text AS message
FROM literals l WHERE l.release = :release AND l.callee IN ('fopen', 'fopen64', 'open', 'open64',
  'freopen') AND l.argument = 0 AND (l.text LIKE '%.log' OR l.text LIKE '/var/log/%')
  AND l.text NOT IN ('/var/log/lastlog', '/var/log/wtmp', '/var/log/btmp') -- records of logins
