-- id: V021
-- title: A function too complex to change safely
-- goal: velocity
-- severity: minor
-- effort: 120
-- since: 0.1.0
-- task: subject: Make {subject} simpler
-- parameter: min_cognitive = 75: cognitive complexity, at least
-- why: Above some 50 points of cognitive complexity (Campbell 2018) hardly anyone foresees what a change does on
--   every path, and tests reach only some of them.
-- fix: 1. Take the largest branch or loop body and make it a static function; name it after what it decides.
--   2. Leave early (return, goto out) instead of nesting.
--   3. Turn long else-if chains and switches over one value into a table.
-- example: git 2.39, add-interactive.c:276: list_and_choose has a cognitive complexity of 84 in 96 lines
SELECT file, line, name AS subject, name || ' has a cognitive complexity of ' || cognitive || ' in '
  || code_lines || ' lines' AS message,
  min(960, 60 + cognitive) AS effort_minutes,
  CASE WHEN cognitive >= 3 * :min_cognitive THEN 'major' ELSE 'minor' END AS severity
FROM functions WHERE release = :release AND cognitive >= :min_cognitive
  AND NOT is_from_macro
