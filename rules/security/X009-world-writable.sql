-- id: X009
-- title: A file or folder that everybody may write
-- goal: security
-- severity: major
-- effort: 10
-- since: 0.1.0
-- task: file: Tighten the modes of {file}
-- why: Every user of the machine, and every other container that mounts the volume, may change it.
-- fix: 1. 0600 for what is private, 0644 and 0755 for what may be read; sticky (01777) for shared folders.
--   2. For open and mkdir the umask takes bits away; chmod and umask(0) do not ask it.
-- example: openssh 9.2, sshpty.c:92: pty_release gives chmod the mode 0666, which lets everybody write
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' gives ' || c.callee
  || ' the mode ' || printf('0%o', c.value) || ', which lets everybody write' AS message
FROM constants c WHERE c.release = :release AND ((c.callee IN ('chmod', 'fchmod')
  AND c.argument = 1) OR (c.callee = 'mkfifo' AND c.argument = 1)
  OR (c.callee IN ('shm_open', 'mq_open', 'sem_open') AND c.argument = 2)) AND (c.value & 2) <> 0
  AND (c.value & 512) = 0 AND c.value BETWEEN 0 AND 4095
  AND NOT EXISTS (SELECT 1 FROM call_sites b WHERE b.release = :release AND b.caller_id = c.caller_id
  AND b.callee = 'bind') -- of a socket, to which everybody is to connect
