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
WITH l AS MATERIALIZED (SELECT file, line, text, caller, caller_id FROM literals
  WHERE release = :release AND (text LIKE '/tmp/%' OR text LIKE '/var/tmp/%')
  AND callee IN ('open', 'open64', 'fopen', 'fopen64', 'mkstemp', 'mkdtemp', 'mkdir', 'snprintf',
  'sprintf', 'strcpy', 'strdup', 'unlink', 'mktemp', 'asprintf'))
SELECT l.file, l.line, l.text AS subject, l.caller || ' uses ' || l.text || ' without asking TMPDIR' AS message
FROM l WHERE l.file IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM literals g WHERE g.release = :release AND g.caller_id = l.caller_id
  AND g.callee IN ('getenv', 'secure_getenv') AND g.text LIKE 'TMP%')
