-- id: S011
-- title: A listen queue that is too short
-- goal: scalability
-- severity: minor
-- effort: 5
-- since: 0.1.0
-- task: subject: Lengthen the listen queue of {subject}
-- parameter: max_backlog = 64: longest queue that is told
-- why: When more clients connect at once than the queue holds, the kernel drops their requests, and each waits a
--   second or more before it tries again. A queue of one is told of none: it waits for the one connection that
--   was agreed on.
-- fix: 1. listen(fd, SOMAXCONN), or a setting whose default is at least 511.
-- example: git 2.39, daemon.c:1039: setup_named_sock listens with a queue of 5
SELECT c.file, c.line, c.caller AS subject, c.caller || ' listens with a queue of ' || c.value AS message
FROM constants c WHERE c.release = :release AND c.callee = 'listen' AND c.argument = 1
  AND c.value BETWEEN 2 AND :max_backlog
