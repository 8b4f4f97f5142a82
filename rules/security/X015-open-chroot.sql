-- id: X015
-- title: chroot without chdir
-- goal: security
-- severity: major
-- effort: 10
-- since: 0.1.0
-- task: subject: Close the chroot of {subject}
-- why: The current folder stays outside the new root: ".." leads back out.
-- fix: 1. chroot(path) and chdir("/"), then give up the rights that made it possible.
-- example: icecast 2.4.4, src/main.c:391: _ch_root_uid_setup calls chroot, but not chdir
SELECT c.file, c.line, c.caller AS subject, c.caller || ' calls chroot, but not chdir' AS message
FROM call_sites c WHERE c.release = :release AND c.callee = 'chroot'
  AND NOT EXISTS (SELECT 1 FROM call_sites d WHERE d.release = :release AND d.caller_id = c.caller_id
  AND d.callee IN ('chdir', 'fchdir'))
  AND NOT EXISTS (SELECT 1 FROM calls w JOIN call_sites d ON d.release = :release AND d.caller_id = w.callee_id
  AND d.callee IN ('chdir', 'fchdir') WHERE w.release = :release AND w.caller_id = c.caller_id AND w.how = 'direct')
