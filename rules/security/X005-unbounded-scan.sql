-- id: X005
-- title: scanf with %s and no width
-- goal: security
-- severity: critical
-- effort: 10
-- since: 0.1.0
-- task: file: Bound the scans of {file}
-- why: It writes a word of any length into the buffer.
-- fix: 1. Give the width: char word[64]; scanf("%63s", word); or %ms, which allocates.
--   2. fgets, then parse.
-- example: rsyslog 8.2302, tests/chkseq.c:133: main reads a word of any length with sscanf "%d,%d,%s\n"
SELECT l.file, l.line, l.caller || ' ' || l.text AS subject, l.caller
  || ' reads a word of any length with ' || replace(l.callee, '__isoc99_', '') || ' "' || l.text || '"' AS message,
  CASE WHEN l.callee LIKE '%sscanf' THEN 'minor' ELSE 'critical' END AS severity
FROM literals l WHERE l.release = :release AND ((l.callee IN ('scanf', '__isoc99_scanf')
  AND l.argument = 0) OR (l.callee IN ('fscanf', 'sscanf', '__isoc99_fscanf', '__isoc99_sscanf')
  AND l.argument = 1))
  AND (l.text GLOB '*%s*' OR l.text GLOB '*%[[]*')
