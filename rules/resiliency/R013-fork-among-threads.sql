-- id: R013
-- title: fork in a program with threads
-- goal: resiliency
-- severity: minor
-- effort: 60
-- since: 0.1.0
-- task: file: Look at the forks of {file} among threads
-- why: Only the calling thread lives on in the child; locks that others held, malloc's among them, stay locked
--   there for ever.
-- fix: 1. Between fork and exec call async-signal-safe functions only, or use posix_spawn.
--   2. A child that works on without exec: fork before the first thread is started.
-- example: redis 7.0, src/server.c:6424: redisFork calls fork in a program that starts threads, and calls no exec
--   itself
SELECT c.file, c.line, c.caller AS subject, c.caller || ' calls ' || c.callee
  || ' in a program that starts threads, and neither it nor what it calls goes on to exec' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('fork', 'vfork')
  AND EXISTS (SELECT 1 FROM call_sites p WHERE p.release = :release AND p.callee IN ('pthread_create',
  'thrd_create'))
  AND NOT EXISTS (SELECT 1 FROM call_sites e WHERE e.release = :release AND e.caller_id = c.caller_id
  AND e.callee IN ('execl', 'execlp', 'execle', 'execv', 'execve', 'execvp', 'execvpe', 'fexecve', 'setsid'))
  AND NOT EXISTS (SELECT 1 FROM calls w JOIN call_sites e ON e.release = :release AND e.caller_id = w.callee_id
  AND e.callee IN ('execl', 'execlp', 'execle', 'execv', 'execve', 'execvp', 'execvpe', 'fexecve', 'setsid')
  WHERE w.release = :release AND w.caller_id = c.caller_id AND w.how = 'direct') -- what it calls in the child does
