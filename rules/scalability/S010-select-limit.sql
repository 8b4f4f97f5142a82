-- id: S010
-- title: select() and its 1,024 descriptors
-- goal: scalability
-- severity: minor
-- effort: 120
-- since: 0.1.0
-- task: codebase: Replace select
-- why: A descriptor from FD_SETSIZE (1,024) on writes beyond the set; and each call copies and walks over all of
--   them.
-- fix: 1. poll takes any number with the same shape of loop.
--   2. epoll or kqueue where there are many.
--   3. For a wait without descriptors: nanosleep.
-- example: git 2.39, compat/terminal.c:234: getchar_with_timeout calls select, which fails beyond 1,024 descriptors
SELECT c.file, c.line, c.caller AS subject, c.caller
  || ' calls select, which fails beyond 1,024 descriptors' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('select', 'pselect')
