-- id: V015
-- title: Functions that only call each other
-- goal: velocity
-- severity: minor
-- effort: 15
-- since: 0.1.0
-- task: file: Remove {count} unreachable function{s} of {file}
-- why: Something calls or names each of them, but no path leads there from main, a thread, a signal, a callback, a
--   constructor or an export: the group is dead together. One whose address a reachable function takes is not
--   told: it may be called by what cannot be followed.
-- fix: 1. Begin with the one that nothing outside the group calls: sightline show NAME
--   2. Search for its name as text; then remove the group.
-- example: git 2.39, trace2.c:845: trace2_printf_va_fl is called or named, but no entry point leads to it
WITH alive AS MATERIALIZED (SELECT file FROM functions
  WHERE release = :release GROUP BY file HAVING 2 * sum(is_reachable) >= count(*))
SELECT f.file, f.line, f.name AS subject, f.name
  || ' is called or named, but no entry point leads to it' AS message
FROM functions f
WHERE f.release = :release AND NOT EXISTS (SELECT 1 FROM units WHERE release = :release AND status <> 'ok') AND NOT f.is_reachable AND NOT f.is_observed AND NOT f.is_weak
  AND NOT f.is_alias AND NOT f.is_from_macro AND NOT f.is_constructor AND NOT f.is_destructor
  AND NOT (f.is_inline AND f.file LIKE '%.h') AND +f.file IN (SELECT file FROM alive)
  AND NOT EXISTS (SELECT 1 FROM uses u JOIN functions g ON g.release = :release
  AND g.function_id = u.from_id AND g.is_reachable
    WHERE u.release = :release AND u.to_id = f.function_id AND u.kind = 'address')
  AND (EXISTS (SELECT 1 FROM calls c WHERE c.release = :release AND c.callee_id = f.function_id)
    OR EXISTS (SELECT 1 FROM uses u WHERE u.release = :release AND u.to_id = f.function_id))
