-- id: X007
-- title: A format string that is data
-- goal: security
-- severity: minor
-- effort: 10
-- since: 0.1.0
-- task: file: Use literal formats in {file}
-- why: A % in the data reads, and with %n writes, where the arguments should be.
-- fix: 1. printf("%s", text).
--   2. Where formats are chosen, choose between literals, and let -Wformat-nonliteral watch.
-- example: git 2.39, builtin/gc.c:2218: crontab_update_schedule gives fprintf a format that is no literal
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' gives ' || c.callee
  || ' a format that is no literal' AS message
FROM call_sites c WHERE c.release = :release AND c.is_format_built
