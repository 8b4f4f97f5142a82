-- id: V013
-- title: A function that only its own file uses, and that is visible to all
-- goal: velocity
-- severity: minor
-- effort: 5
-- since: 0.1.0
-- task: file: Make {count} function{s} of {file} static
-- why: Its name is taken in every file, its signature looks like a promise, and the compiler may neither inline it
--   freely nor tell when it is no longer used.
-- fix: 1. Write static before it, and remove its prototype from headers.
--   2. Build every configuration: the linker tells who used it after all.
-- example: git 2.39, builtin/pack-objects.c:2435: oe_get_size_slow is used in this file only, and could be static
WITH RECURSIVE included AS MATERIALIZED (SELECT file, included FROM includes WHERE release = :release AND NOT is_outside
  AND EXISTS (SELECT 1 FROM units WHERE release = :release AND status <> 'ok')),
doubt(file) AS (SELECT unit FROM units WHERE release = :release AND status <> 'ok' -- what these call is not all known
  UNION SELECT i.included FROM doubt d JOIN included i ON i.file = d.file),
alive AS MATERIALIZED (SELECT file FROM functions
  WHERE release = :release GROUP BY file HAVING 2 * sum(is_reachable) >= count(*)),
many AS MATERIALIZED (SELECT function_id FROM call_counts WHERE release = :release AND caller_files > 1),
f AS MATERIALIZED (SELECT function_id, name, file, line FROM functions WHERE release = :release
  AND function_id NOT IN (SELECT function_id FROM many) AND NOT is_static AND NOT is_weak AND NOT is_alias AND NOT is_from_macro
  AND NOT is_inline AND NOT is_constructor AND NOT is_destructor AND name IS NOT 'main' AND is_reachable
  AND configurations = '' AND +file IN (SELECT file FROM alive)),
rest AS MATERIALIZED (SELECT * FROM f WHERE NOT EXISTS (SELECT 1 FROM declarations d
  WHERE d.release = :release AND d.symbol_id = f.function_id AND d.file <> f.file)
  AND +f.file NOT IN (SELECT file FROM doubt)
  AND function_id NOT IN (SELECT function_id FROM entry_points WHERE release = :release))
SELECT file, line, name AS subject, name || ' is used in this file only, and could be static' AS message
FROM rest
WHERE NOT EXISTS (SELECT 1 FROM calls c WHERE c.release = :release AND c.callee_id = rest.function_id
  AND c.caller_file IS NOT rest.file)
  AND NOT EXISTS (SELECT 1 FROM uses u WHERE u.release = :release AND u.to_id = rest.function_id
  AND u.from_file <> rest.file)
