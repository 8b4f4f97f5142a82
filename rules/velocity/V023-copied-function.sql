-- id: V023
-- title: A function that looks copied
-- goal: velocity
-- severity: info
-- effort: 30
-- since: 0.1.0
-- task: codebase: Keep one {task} instead of {count} more
-- parameter: min_lines = 6: lines of code, at least
-- why: A mistake mended in one copy stays in the others; and over time they differ without anybody meaning it.
-- fix: 1. Compare the copies; settle what differs.
--   2. Move one to a file that all may use, and declare it in that file's header.
-- example: git 2.39, builtin/fetch.c:1005: iterate_ref_map stands in 2 files with the same type, length and complexity,
--   first in builtin/clone.c
WITH twice AS MATERIALIZED (SELECT name FROM functions
  WHERE release = :release AND is_static AND NOT is_from_macro AND code_lines >= :min_lines
  GROUP BY name HAVING count(*) > 1),
f AS MATERIALIZED (SELECT name, signature, code_lines, cyclomatic, cognitive, file, line,
  NOT is_from_macro AND code_lines >= :min_lines AND configurations = '' AS counts FROM functions
  WHERE release = :release AND is_static AND name IN (SELECT name FROM twice)),
c AS MATERIALIZED (SELECT name, signature, code_lines, cyclomatic, cognitive, min(file) AS first FROM f
  WHERE counts GROUP BY name, signature, code_lines, cyclomatic, cognitive HAVING count(*) > 1)
SELECT f.file, f.line, f.name AS subject, f.name
  || ' has the same name, type, length and complexity as one in ' || c.first AS message, f.name AS task
FROM f JOIN c ON c.name = f.name AND c.signature = f.signature AND c.code_lines = f.code_lines
  AND c.cyclomatic = f.cyclomatic AND c.cognitive = f.cognitive
WHERE f.file <> c.first
