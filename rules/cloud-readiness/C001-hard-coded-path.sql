-- id: C001
-- title: An absolute path in the code
-- goal: cloud-readiness
-- severity: minor
-- effort: 30
-- since: 0.1.0
-- task: file: Make the paths of {file} configurable
-- why: In a container the file lies elsewhere, is read-only, or is another one after the next start; a change of
--   place means building anew.
-- fix: 1. Take it from the environment or a command-line option, with this one as default.
--   2. Derive it from a prefix that the build sets.
-- example: SQLite 3.40, tool/lemon.c:3676: tplt_open gives access the path /usr/share/lemon/lempar.c
SELECT l.file, l.line, l.text AS subject, l.caller || ' gives ' || l.callee || ' the path ' || l.text AS message
FROM literals l WHERE l.release = :release AND l.argument <= 1 AND substr(l.text, 1, 1) = '/'
  AND length(l.text) > 2 AND l.file IS NOT NULL
  AND ((l.callee IN ('open', 'open64', 'creat', 'fopen', 'fopen64', 'freopen', 'opendir', 'stat', 'lstat',
  'access', 'mkdir', 'unlink', 'chdir', 'chroot', 'execl', 'execv', 'execve', 'execlp',
    'execvp', 'readlink', 'realpath', 'dlopen', 'symlink', 'rename', 'truncate', 'sqlite3_open')
    AND l.argument = 0) OR (l.callee = 'openat' AND l.argument = 1))
  AND l.text NOT LIKE '/dev/%' AND l.text NOT LIKE '/proc/%' AND l.text NOT LIKE '/sys/%'
  AND l.text NOT LIKE '/tmp%' AND l.text NOT LIKE '/etc/%' AND l.text NOT LIKE '/var/tmp%'
  AND l.text NOT IN ('/bin/sh', '/usr/bin/env', '/proc', '/sys', '/dev', '/var/log/lastlog') AND l.text NOT LIKE '/System/%'
