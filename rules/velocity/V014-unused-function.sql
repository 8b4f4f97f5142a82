-- id: V014
-- title: A function that nothing calls
-- goal: velocity
-- severity: minor
-- effort: 15
-- since: 0.1.0
-- task: file: Remove {count} function{s} of {file} that nothing uses
-- why: It is read, built, tested and adapted with the rest, for nothing. Evidence: no call, direct or through a
--   pointer, no address taken, no export; all configurations that were scanned taken together.
-- fix: 1. Search for its name as text (assembly, scripts, dlsym, other configurations).
--   2. Remove it, its prototype, and what only it used.
-- example: git 2.39, config.c:2727: git_config_get_pathname is called by nothing and its address is taken by nothing
--   (visible, but in no public header)
WITH RECURSIVE included AS MATERIALIZED (SELECT file, included FROM includes WHERE release = :release AND NOT is_outside
  AND EXISTS (SELECT 1 FROM units WHERE release = :release AND status <> 'ok')),
doubt(file) AS (SELECT unit FROM units WHERE release = :release AND status <> 'ok' -- what these call is not all known
  UNION SELECT i.included FROM doubt d JOIN included i ON i.file = d.file),
e AS MATERIALIZED (SELECT function_id FROM entry_points WHERE release = :release),
alive AS MATERIALIZED (SELECT file FROM functions
  WHERE release = :release GROUP BY file HAVING 2 * sum(is_reachable) >= count(*))
SELECT f.file, f.line, f.name AS subject, f.name
  || ' is called by nothing and its address is taken by nothing' ||
  CASE WHEN f.is_static THEN ' (static)' ELSE ' (visible, but in no public header)' END AS message
FROM functions f
WHERE f.release = :release AND NOT f.is_reachable AND NOT f.is_observed AND NOT f.is_weak
  AND NOT f.is_alias AND NOT f.is_from_macro AND NOT f.is_constructor AND NOT f.is_destructor
  AND NOT (f.is_inline AND f.file LIKE '%.h') AND +f.file IN (SELECT file FROM alive)
  AND f.function_id NOT IN (SELECT function_id FROM e)
  AND +f.file NOT IN (SELECT file FROM doubt) AND NOT EXISTS (SELECT 1 FROM declarations d
  WHERE d.release = :release AND d.symbol_id = f.function_id AND d.file IN (SELECT file FROM doubt))
  AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.release = :release AND c.callee_id = f.function_id)
  AND NOT EXISTS (SELECT 1 FROM uses u WHERE u.release = :release AND u.to_id = f.function_id)
