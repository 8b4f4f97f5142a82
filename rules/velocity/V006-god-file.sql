-- id: V006
-- title: A file too large to know
-- goal: velocity
-- severity: minor
-- effort: 960
-- since: 0.1.0
-- task: file: Split {file}
-- parameter: min_lines = 3000: lines of code, at least
-- parameter: min_functions = 60: functions, at least
-- why: Nobody holds it in their head: changes take longer, and those of different people meet in it.
-- fix: 1. Find the groups of functions that share static variables and call each other.
--   2. Move one group to a file of its own; what must be shared goes to an internal header.
--   3. Static functions stay static: what becomes visible should be little.
-- example: git 2.39, apply.c:1: 3745 lines of code with 145 functions
WITH f AS MATERIALIZED (SELECT file, code_lines FROM files WHERE release = :release AND code_lines >= :min_lines),
n AS MATERIALIZED (SELECT file, count(*) AS functions FROM functions
  WHERE release = :release GROUP BY file HAVING count(*) >= :min_functions)
SELECT f.file, 1 AS line, f.file AS subject, f.code_lines || ' lines of code with ' || n.functions
  || ' functions' AS message
FROM f JOIN n ON n.file = f.file
