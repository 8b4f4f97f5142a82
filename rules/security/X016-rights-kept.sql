-- id: X016
-- title: Rights that may not have been given up
-- goal: security
-- severity: critical
-- effort: 10
-- since: 0.1.0
-- task: subject: Check that {subject} gives up its rights
-- why: setuid can fail (a limit of processes, a missing capability): the process goes on as root, believing that it
--   is not.
-- fix: 1. if (setuid(uid)) abort; groups first, user last.
--   2. Then see that seteuid(0) fails.
-- example: none of git 2.39, redis 7.0, SQLite 3.40 and curl 7.88 has it: the case in tests/rules/X016 shows it
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' does not look whether '
  || c.callee || ' succeeded' AS message
FROM call_sites c WHERE c.release = :release AND c.is_ignored AND c.callee IN ('setuid', 'seteuid',
  'setreuid', 'setresuid', 'setgid', 'setegid', 'setregid', 'setresgid', 'initgroups', 'setgroups', 'chroot',
  'setrlimit')
  AND c.callee <> 'setrlimit'
