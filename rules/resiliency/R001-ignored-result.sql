-- id: R001
-- title: A system call whose failure goes unseen
-- goal: resiliency
-- severity: major
-- effort: 15
-- since: 0.1.0
-- task: file: Check the results of system calls in {file}
-- why: When the disk is full or the descriptor gone, the program goes on as if all was well, and what was to be
--   kept is lost without a word.
-- fix: 1. Look at the result; a short write is to be continued, EINTR to be tried again.
--   2. Where there is nothing to be done about it: (void)call(...), with a comment that says why.
-- example: git 2.39, builtin/bisect--helper.c:1250: bisect_run does not look at the result of dup2
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller
  || ' does not look at the result of ' || c.callee AS message,
  CASE WHEN c.callee IN ('chdir', 'fchdir', 'dup2', 'write', 'read',
  'pipe') THEN 'minor' ELSE 'major' END AS severity
FROM call_sites c WHERE c.release = :release AND c.is_ignored AND c.callee IN ('write', 'pwrite', 'writev',
  'read', 'pread', 'ftruncate', 'truncate', 'fsync',
  'fdatasync', 'rename', 'renameat', 'link', 'symlink', 'chdir', 'fchdir', 'fchmod', 'fchown', 'chown',
  'pipe', 'dup2', 'msync', 'mprotect', 'posix_fallocate', 'fread', 'scanf', 'fscanf', 'mlock')
