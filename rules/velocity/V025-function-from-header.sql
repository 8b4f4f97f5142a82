-- id: V025
-- title: A function defined in a header, seen by many units
-- goal: velocity
-- severity: info
-- effort: 30
-- since: 0.1.0
-- task: file: Move functions of {file} into a .c file
-- parameter: min_lines = 25: lines of code, at least
-- parameter: min_units = 10: units, at least
-- why: It is compiled once in every unit that reads the header, and any change of it builds them all again.
-- fix: 1. Keep what must be inlined for speed: a few lines.
--   2. Move the others to a .c file and leave the prototype.
-- example: redis 7.0, src/sds.h:104: sdsavail has 25 lines in a header that 62 units read
SELECT f.file, f.line, f.name AS subject, f.name || ' has ' || f.code_lines || ' lines in a header that '
  || h.units || ' units read' AS message
FROM functions f JOIN header_costs h ON h.release = f.release AND h.file = f.file
WHERE f.release = :release AND f.code_lines >= :min_lines AND h.units >= :min_units
