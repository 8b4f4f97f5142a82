-- id: V023
-- title: The same function in several files
-- goal: velocity
-- severity: minor
-- effort: 30
-- since: 0.1.0
-- task: codebase: Keep one {task} instead of {count} more
-- parameter: min_lines = 6: lines of code, at least
-- why: A mistake mended in one copy stays in the others; and over time they differ without anybody meaning it.
-- fix: 1. Compare the copies; settle what differs.
--   2. Move one to a file that all may use, and declare it in that file's header.
-- example: @EXAMPLE@
WITH c AS MATERIALIZED (SELECT name, signature, code_lines, cyclomatic, cognitive, count(*) AS n,
  min(file) AS first FROM functions
  WHERE release = :release AND is_static AND NOT is_from_macro AND code_lines >= :min_lines
  AND configurations = '' GROUP BY name, signature, code_lines, cyclomatic, cognitive HAVING count(*) > 1)
SELECT f.file, f.line, f.name AS subject, f.name || ' stands in ' || c.n
  || ' files with the same type, length and complexity, first in ' || c.first AS message, f.name AS task
FROM functions f JOIN c ON c.name = f.name AND c.signature = f.signature AND c.code_lines = f.code_lines
  AND c.cyclomatic = f.cyclomatic AND c.cognitive = f.cognitive
WHERE f.release = :release AND f.is_static AND f.file <> c.first
