-- id: V017
-- title: Code that #if 0 leaves out
-- goal: velocity
-- severity: minor
-- effort: 10
-- since: 0.1.0
-- task: file: Delete the disabled code of {file}
-- parameter: min_lines = 4: lines left out, at least
-- why: No compiler reads it, so it rots; every reader does. Version control remembers it better.
-- fix: 1. Delete it.
--   2. If it is a switch for debugging, give it a name and build it in the tests.
-- example: git 2.39, line-log.c:351: 32 lines are left out by #if 0
SELECT r.file, r.line - 1 AS line, 'disabled #'
  || row_number() OVER (PARTITION BY r.file ORDER BY r.line) AS subject,
  (r.end_line - r.line + 1) || ' lines are left out by #' || r.condition AS message
FROM regions r WHERE r.release = :release AND (r.condition IN ('if 0', 'else of if 1',
  'if (0)') OR r.condition LIKE 'if 0 /%') AND r.end_line - r.line + 1 >= :min_lines
