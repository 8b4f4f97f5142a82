-- id: R007
-- title: A signal handler that calls what no handler may call
-- goal: resiliency
-- severity: major
-- effort: 60
-- since: 0.1.0
-- task: subject: Make the signal handler {task} safe
-- identity: subject
-- parameter: max_depth = 2: calls between the handler and the unsafe call, at most
-- why: The signal may come within malloc or printf itself: then the handler finds their locks taken and their lists
--   half changed, and the process hangs or dies, seldom and for no visible reason (signal-safety(7)).
-- fix: 1. Set a volatile sig_atomic_t flag, or write one byte to a pipe, and do the work in the main loop.
--   2. Or signalfd, or a thread that waits in sigwait.
--   3. To leave from a handler: _exit, not exit.
-- example: git 2.39, builtin/gc.c:94: signal handler process_log_file_on_signal, through process_log_file, calls
--   fprintf, which is not async-signal-safe
WITH RECURSIVE h AS (SELECT function_id, function FROM entry_points WHERE release = :release
  AND kind = 'signal'),
near(id, root, depth) AS (SELECT function_id, function, 0 FROM h
  UNION SELECT c.callee_id, n.root, n.depth + 1 FROM near n JOIN calls c ON c.release = :release
  AND c.caller_id = n.id AND c.how = 'direct' AND c.callee_file IS NOT NULL
  WHERE n.depth < :max_depth)
SELECT file, line, subject, message, task FROM (SELECT s.file, s.line, n.root || ' -> ' || s.callee AS subject,
  'signal handler ' || n.root || CASE WHEN s.caller = n.root THEN '' ELSE ', through ' || s.caller
  || ',' END || ' calls ' || s.callee || ', which is not async-signal-safe' AS message, n.root AS task,
  row_number() OVER (PARTITION BY n.root, s.callee ORDER BY n.depth, s.file, s.line, s.caller) AS rank
FROM near n JOIN call_sites s ON s.release = :release AND s.caller_id = n.id AND s.callee IN ('malloc',
  'calloc', 'realloc', 'free', 'printf', 'fprintf', 'vfprintf', 'puts', 'fputs', 'putchar',
  'fflush', 'fopen', 'fclose', 'exit', 'syslog', 'vsyslog', 'localtime', 'strftime', 'pthread_mutex_lock',
  'snprintf', 'sprintf', 'vsnprintf', 'fwrite', 'setlocale', 'perror'))
WHERE rank = 1
