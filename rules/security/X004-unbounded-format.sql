-- id: X004
-- title: sprintf with %s
-- goal: security
-- severity: minor
-- effort: 10
-- since: 0.1.0
-- task: file: Bound the formats of {file}
-- why: The strings decide how much is written, not the buffer.
-- fix: 1. snprintf(to, sizeof to, ...), and test for truncation; or asprintf.
-- example: none of git 2.39, redis 7.0, SQLite 3.40 and curl 7.88 has it: the case in tests/rules/X004 shows it
SELECT l.file, l.line, l.caller || ' ' || l.text AS subject, l.caller
  || ' formats a string of any length with ' || l.callee || ' "' || l.text || '"' AS message
FROM literals l WHERE l.release = :release AND l.callee IN ('sprintf', 'vsprintf') AND l.argument = 1
  AND l.text GLOB '*%s*'
