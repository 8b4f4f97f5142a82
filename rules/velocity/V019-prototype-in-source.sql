-- id: V019
-- title: A prototype of another file's function, copied into a .c file
-- goal: velocity
-- severity: minor
-- effort: 10
-- since: 0.1.0
-- task: file: Take the prototypes of {file} from headers
-- why: The compiler cannot hold the copy against the definition: when that changes, this file goes on calling with
--   the old types, and nobody is told.
-- fix: 1. Include the header that declares it; where there is none, write it there.
--   2. Let the defining file include the same header, so that both are checked.
-- example: git 2.39, builtin/commit-graph.c:118: variable read_replace_refs is declared here by hand; environment.c
--   defines it
WITH d AS MATERIALIZED (SELECT symbol_id, name, kind, file, line FROM declarations
  WHERE release = :release AND NOT is_definition AND file NOT LIKE '%.h'
  AND file IN (SELECT file FROM files WHERE release = :release AND is_main))
SELECT d.file, d.line, d.name AS subject, d.kind || ' ' || d.name || ' is declared here by hand; '
  || o.file || ' defines it' AS message
FROM d JOIN declarations o ON o.release = :release AND o.symbol_id = d.symbol_id AND o.is_definition
  AND o.file <> d.file
