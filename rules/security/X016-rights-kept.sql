-- id: X016
-- title: Rights that may not have been given up
-- goal: security
-- severity: major
-- effort: 10
-- since: 0.1.0
-- task: subject: See that rights are given up: {subject}
-- why: setuid can fail (a limit of processes, a missing capability): the process goes on as root, believing that it
--   is not.
-- fix: 1. if (setuid(uid)) abort; groups first, user last.
--   2. Then see that seteuid(0) fails.
-- example: openssh 9.2, ssh-agent.c:2140: main does not look whether setegid succeeded
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' does not look whether '
  || c.callee || ' succeeded' AS message
FROM call_sites c WHERE c.release = :release AND c.is_ignored AND c.callee IN ('setuid', 'seteuid',
  'setreuid', 'setresuid', 'setgid', 'setegid', 'setregid', 'setresgid', 'initgroups', 'setgroups', 'chroot')
