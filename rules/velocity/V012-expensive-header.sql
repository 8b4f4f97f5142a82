-- id: V012
-- title: A header that pulls in the world
-- goal: velocity
-- severity: minor
-- effort: 240
-- since: 0.1.0
-- task: file: Make {file} cheaper to include
-- parameter: min_lines = 3000: lines of code with all that it includes, at least
-- parameter: min_units = 20: units that read it, at least
-- parameter: min_includes = 5: includes of its own, at least
-- why: Lines of code that it brings along, times the units that read it, is what the compiler works through each
--   time: build time, and what must be built again after a change.
-- fix: 1. Replace includes by forward declarations ("struct name;") where only pointers are passed.
--   2. Move inline functions and private structs to the .c file or an internal header.
--   3. Split it by who needs what, the most used part first.
-- example: git 2.39, cache.h:1: brings 3818 lines of code along into each of 446 units, through 16 includes
WITH h AS MATERIALIZED (SELECT c.file, c.lines, c.units, (SELECT count(*) FROM includes i
  WHERE i.release = :release AND i.file = c.file AND NOT i.is_outside AND NOT i.is_missing) AS own
  FROM header_costs c WHERE c.release = :release AND c.units >= :min_units AND c.lines >= :min_lines)
SELECT file, 1 AS line, file AS subject, 'brings ' || lines || ' lines of code along into each of '
  || units || ' units, through ' || own || ' includes' AS message
FROM h WHERE own >= :min_includes
