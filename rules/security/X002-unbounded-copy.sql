-- id: X002
-- title: strcpy of a string of unknown length
-- goal: security
-- severity: minor
-- effort: 15
-- since: 0.1.0
-- task: file: Bound the copies of {file}
-- why: It copies until the source ends, whatever the room: where the source can be chosen by others, they choose
--   what is written behind the buffer. Copies of literals are not told.
-- fix: 1. snprintf(to, sizeof to, "%s", from), and test for truncation; or strlcpy.
--   2. memcpy(to, from, length + 1) where the length was just tested.
--   3. strdup where the room was measured for it.
-- example: redis 7.0, src/redis-cli.c:3259: clusterManagerCheckRedisReply copies a string with strcpy without a bound
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' copies a string with '
  || c.callee || ' without a bound' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('strcpy', 'stpcpy', 'wcscpy')
  AND NOT c.ends_in_literal
