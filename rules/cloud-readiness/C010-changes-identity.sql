-- id: C010
-- title: A program that changes its user or root
-- goal: cloud-readiness
-- severity: minor
-- effort: 60
-- since: 0.1.0
-- task: file: Leave users and roots to the platform in {file}
-- why: It must be started with rights that the platform should not give (root, CAP_SETUID, CAP_SYS_CHROOT), and
--   runs as another user than the platform believes.
-- fix: 1. Run as the user that the platform sets; do not ask which it is.
--   2. Skip the change where the process is not root anyway.
-- example: git 2.39, daemon.c:1216: drop_privileges calls initgroups
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls '
  || c.callee AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('setuid', 'seteuid', 'setreuid', 'setresuid',
  'setgid', 'setegid', 'setregid', 'setresgid', 'initgroups', 'setgroups', 'chroot')
