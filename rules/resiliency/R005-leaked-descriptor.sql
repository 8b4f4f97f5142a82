-- id: R005
-- title: Opened, used, never closed
-- goal: resiliency
-- severity: major
-- effort: 15
-- since: 0.1.0
-- task: file: Close what {file} opens
-- why: Each call leaves a descriptor behind; after some thousand the process can open nothing any more, at a place
--   that is not to blame.
-- fix: 1. Close it on every path: one out: label at the end of the function.
--   2. With gcc and clang: __attribute__((cleanup(close_it))).
--   3. If it must stay open for good (a lock file), keep it in a static variable that says so.
-- example: redis 7.0, src/rdb.c:1520: rdbRemoveTempFile opens with open64 what no path closes or hands on
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' opens with '
  || c.callee || ' what no path closes or hands on' AS message
FROM call_sites c WHERE c.release = :release AND c.is_leaked
  AND c.file NOT IN (SELECT unit FROM units WHERE release = :release AND errors > 0) -- there statements are missing
