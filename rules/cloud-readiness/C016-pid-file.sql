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
-- example: none of git 2.39, redis 7.0, SQLite 3.40 and curl 7.88 has it: the case in tests/rules/C016 shows it
SELECT l.file, l.line, l.text AS subject, l.caller || ' uses the pid file ' || l.text AS message
FROM literals l WHERE l.release = :release AND l.text LIKE '%.pid' AND l.file IS NOT NULL
  AND l.callee IN ('open', 'open64', 'fopen', 'fopen64', 'unlink', 'creat', 'access', 'stat', 'snprintf', 'sprintf', 'asprintf',
  'strcpy', 'strncpy', 'strdup')
