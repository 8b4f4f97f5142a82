-- id: C017
-- title: The user database is asked
-- goal: cloud-readiness
-- severity: info
-- effort: 20
-- since: 0.1.0
-- task: file: Do without the user database in {file}
-- why: In a container the user is often a number without an entry: the lookup fails, and with it the start, or
--   $HOME is empty.
-- fix: 1. Take HOME from the environment first.
--   2. Go on without a name where there is none: print the number.
-- example: git 2.39, daemon.c:1226: prepare_credentials calls getpwnam
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls '
  || c.callee AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('getpwnam', 'getpwuid', 'getpwnam_r',
  'getpwuid_r', 'getlogin', 'getlogin_r', 'getgrnam', 'getgrgid')
