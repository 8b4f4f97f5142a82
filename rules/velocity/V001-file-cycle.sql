-- id: V001
-- title: Files that need each other in a circle
-- goal: velocity
-- severity: major
-- effort: 60
-- since: 0.1.0
-- task: codebase: Break the circle of files with {task} by {count} cut{s}
-- why: None of the files can be understood, tested or reused without all of the others, and a change of one may
--   reach each of them. The dependencies named here are the cheapest set that leaves no circle.
-- fix: Cut the named dependencies, the cheapest first.
--   1. Calls only: let the callee be given as a callback (a function pointer in a struct), or move the function to
--   the file that calls it.
--   2. Types only: declare "struct name;" instead of including its definition, and keep the definition in the one .c
--   file that looks inside (opaque type).
--   3. Macros or constants: move them to a small header of their own that includes nothing.
--   4. Where only one side uses a function of the other: make it static there.
--   5. Build, and see that the circle has gone: sightline scan && sightline tasks
-- example: git 2.39, add-interactive.c:969: add-interactive.c needs add-patch.c (1 place: run_add_p), which needs it in
--   turn: part of a circle of 505 files
WITH cut AS MATERIALIZED (SELECT cycle, from_name, to_name, cost, line, symbol FROM cycle_cuts
  WHERE release = :release AND scope = 'file'),
size AS (SELECT cycle, count(*) AS members FROM cycles WHERE release = :release
  AND scope = 'file' GROUP BY cycle)
SELECT c.from_name AS file, c.line, c.from_name || ' -> ' || c.to_name AS subject,
  c.from_name || ' needs ' || c.to_name || ' (' || max(1, CAST(c.cost AS INTEGER)) ||
  CASE WHEN c.cost < 2 THEN ' place: ' ELSE ' places, first ' END || c.symbol
  || '), which needs it in turn: part of a circle of '
  || s.members || ' files' AS message,
  min(480, 15 + 5 * CAST(c.cost AS INTEGER)) AS effort_minutes, c.cycle AS task,
  c.from_name AS cut_from, c.to_name AS cut_to
FROM cut c JOIN size s ON s.cycle = c.cycle
