-- id: V010
-- title: An #include of which nothing is used
-- goal: velocity
-- severity: minor
-- effort: 3
-- since: 0.1.0
-- task: domain: Remove {count} unused include{s} of {domain}
-- why: Every unit that reads the file reads the header too, and is built again when it changes; and whoever reads
--   the list of includes believes in dependencies that are not there.
-- fix: Let each file include what it uses, and nothing else.
--   1. Remove the line and build.
--   2. Where another file breaks, it relied on this one: give it the include that it lacks.
--   3. Headers that gather others, belong to another platform or rename library functions are not told, nor is config.h.
-- example: git 2.39, apply.c:13: "blob.h" is included, but nothing of it is used
WITH parts AS (SELECT DISTINCT file FROM includes WHERE release = :release AND NOT is_outside
  AND included NOT LIKE '%.h'),
elsewhere AS (SELECT g.file FROM regions g JOIN files f ON f.release = g.release AND f.file = g.file
  WHERE g.release = :release
  GROUP BY g.file HAVING 2 * sum(g.end_line - g.line + 1) > max(f.code_lines))
SELECT i.file, i.line, i.included AS subject, '"' || i.included
  || '" is included, but nothing of it is used' AS message
FROM includes i JOIN files f ON f.release = i.release AND f.file = i.file
WHERE i.release = :release AND NOT i.is_used AND NOT i.is_outside AND NOT i.is_missing AND NOT f.is_header
  AND i.file NOT IN (SELECT unit FROM units WHERE release = :release AND status <> 'ok') -- not all names are known there
  AND rtrim(i.included, 'h') <> rtrim(i.file, 'c') -- its own: the compiler holds the one against the other
  AND i.included LIKE '%.h' AND i.file NOT IN (SELECT file FROM parts)
  AND i.included NOT LIKE '%config.h' -- what the build was configured for comes first in every file, by convention
  AND i.included NOT IN (SELECT file FROM elsewhere)
  AND i.file NOT IN (SELECT file FROM elsewhere)
  AND i.included NOT IN (SELECT m.file FROM macros m WHERE m.release = :release AND m.name IN ('malloc',
  'calloc', 'realloc', 'free', 'strdup', 'printf', 'fprintf', 'snprintf', 'assert'))
