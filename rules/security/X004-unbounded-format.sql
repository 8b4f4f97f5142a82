-- id: X004
-- title: sprintf with %s
-- goal: security
-- severity: minor
-- effort: 10
-- since: 0.1.0
-- task: file: Bound the formats of {file}
-- why: The strings decide how much is written, not the buffer.
-- fix: 1. snprintf(to, sizeof to, ...), and test for truncation; or asprintf.
-- example: mini-httpd 1.30, htpasswd.c:215: main formats its first argument with sprintf "cp %s %s" into 256 bytes
SELECT l.file, l.line, l.caller || ' ' || l.text AS subject, l.caller
  || ' formats a string of any length with ' || l.callee || ' "' || l.text || '"' AS message
FROM literals l WHERE l.release = :release AND l.callee IN ('sprintf', 'vsprintf') AND l.argument = 1
  AND l.text GLOB '*%s*'
