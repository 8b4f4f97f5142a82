-- id: X003
-- title: strcat of a string of unknown length
-- goal: security
-- severity: minor
-- effort: 15
-- since: 0.1.0
-- task: file: Bound the appends of {file}
-- why: It appends until the source ends, to a buffer of which it knows neither room nor use.
-- fix: 1. Keep length and room, and snprintf(to + length, room - length, ...).
--   2. A buffer that grows (open_memstream, asprintf).
-- example: redis 7.0, deps/lua/src/lobject.c:198: luaO_chunkid appends a string with strcat without a bound
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' appends a string with '
  || c.callee || ' without a bound' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('strcat', 'wcscat')
  AND NOT c.ends_in_literal
