-- id: R015
-- title: poll without a time limit
-- goal: resiliency
-- severity: info
-- effort: 15
-- since: 0.1.0
-- task: file: Give the waits of {file} a limit
-- why: Where the peer is gone without a word (a cut cable, a stopped machine), the wait never ends.
-- fix: 1. Give it a limit, and decide what to do when it passes.
--   2. A main loop that waits for work may wait for ever: accept the finding.
-- example: git 2.39, builtin/upload-archive.c:112: cmd_upload_archive waits in poll without a time limit
SELECT c.file, c.line, c.caller AS subject, c.caller || ' waits in ' || c.callee
  || ' without a time limit' AS message
FROM constants c WHERE c.release = :release AND ((c.callee = 'poll'
  AND c.argument = 2) OR (c.callee = 'epoll_wait' AND c.argument = 3)) AND c.value = -1
