-- id: C005
-- title: State in a local file of a fixed name
-- goal: cloud-readiness
-- severity: info
-- effort: 240
-- since: 0.1.0
-- task: file: Say where the state of {file} lives
-- why: What is written to a container's own disk is gone with it, and a second instance has its own: state belongs
--   in a volume or a service.
-- fix: 1. Make the place a setting, so that a volume can be mounted there.
--   2. Write to a new file and rename it, so that a killed instance leaves no half.
--   3. What can be computed again: say so, and keep it in a cache folder.
-- example: redis 7.0, src/geo.c:384: membersOfAllNeighbors writes the file /tmp/log.txt
SELECT p.file, p.line, p.text AS subject, p.caller || ' writes the file ' || p.text AS message
FROM literals p JOIN literals m ON m.release = p.release AND m.caller_id = p.caller_id
  AND m.callee = p.callee AND m.line = p.line AND m.argument = 1
WHERE p.release = :release AND p.argument = 0 AND p.callee IN ('fopen', 'fopen64', 'freopen')
  AND (m.text LIKE 'w%' OR m.text LIKE 'a%' OR m.text LIKE 'r%+%')
  AND p.text NOT LIKE '/dev/%' AND p.text NOT LIKE '/proc/%' AND p.text NOT LIKE '/sys/%'
  AND p.text NOT LIKE '%.log' AND p.text <> ''
UNION ALL SELECT l.file, l.line, l.text, l.caller || ' keeps a database in ' || l.text FROM literals l
WHERE l.release = :release AND l.callee IN ('sqlite3_open', 'sqlite3_open_v2', 'dbm_open', 'gdbm_open')
  AND l.argument = 0 AND l.text NOT IN ('', ':memory:')
