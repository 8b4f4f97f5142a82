-- id: X010
-- title: umask(0)
-- goal: security
-- severity: minor
-- effort: 10
-- since: 0.1.0
-- task: file: Leave the umask to the user in {file}
-- why: From here on, every file and folder that the process makes has the full mode that it asks for: 0666 is then
--   writable by all.
-- fix: 1. Leave it out, or set 022 or 077.
--   2. Where one file needs a wide mode: fchmod that file.
-- example: busybox 1.35, loginutils/adduser.c:278: adduser_main sets the umask to 0
SELECT c.file, c.line, c.caller AS subject, c.caller || ' sets the umask to 0' AS message
FROM constants c WHERE c.release = :release AND c.callee = 'umask' AND c.value = 0
  AND NOT EXISTS (SELECT 1 FROM call_sites b WHERE b.release = :release AND b.caller_id = c.caller_id
  AND b.callee = 'umask' AND (b.sites > 1 OR NOT b.is_ignored))
