-- id: C013
-- title: A temporary file in a folder of a fixed name
-- goal: cloud-readiness
-- severity: minor
-- effort: 15
-- since: 0.1.0
-- task: file: Ask for the temporary folder in {file}
-- why: /tmp may be read-only, small, or memory that counts against the container's limit; and several instances on
--   one machine share it.
-- fix: 1. getenv("TMPDIR"), with /tmp as default.
--   2. mkstemp or O_TMPFILE, so that no two want the same name.
-- example: redis 7.0, src/geo.c:384: membersOfAllNeighbors uses /tmp/log.txt without asking TMPDIR
SELECT l.file, l.line, l.text AS subject, l.caller || ' uses ' || l.text || ' without asking TMPDIR' AS message
FROM literals l WHERE l.release = :release AND (l.text LIKE '/tmp/%' OR l.text LIKE '/var/tmp/%')
  AND l.file IS NOT NULL
  AND l.callee IN ('open', 'open64', 'fopen', 'fopen64', 'mkstemp', 'mkdtemp', 'mkdir', 'snprintf',
  'sprintf', 'strcpy', 'strdup', 'unlink', 'mktemp', 'asprintf')
  AND NOT EXISTS (SELECT 1 FROM literals g WHERE g.release = :release AND g.caller_id = l.caller_id
  AND g.callee IN ('getenv', 'secure_getenv') AND g.text LIKE 'TMP%')
GROUP BY l.file, l.text
