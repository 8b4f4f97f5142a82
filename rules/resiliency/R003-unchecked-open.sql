-- id: R003
-- title: A file, socket or process that is used without asking whether it was had
-- goal: resiliency
-- severity: major
-- effort: 10
-- since: 0.1.0
-- task: file: Test what {file} opens before it is used
-- why: The result that says "no" (-1 or NULL) is passed on as if it were one: descriptor -1, a NULL stream, process
--   -1, to which kill sends to everybody.
-- fix: 1. Test the result right after the call, with errno in the message.
--   2. Give back what was taken before, then pass the failure up.
-- example: git 2.39, builtin/bisect--helper.c:1249: bisect_run uses what dup gave without testing it
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || CASE WHEN c.callee IN ('pthread_create',
  'socketpair', 'bind', 'listen', 'getaddrinfo') THEN ' does not look whether ' || c.callee || ' succeeded'
  ELSE ' uses what ' || c.callee || ' gave without testing it' END AS message
FROM call_sites c WHERE c.release = :release AND ((c.is_untested AND c.callee IN ('open', 'openat', 'creat',
  'fopen', 'fdopen', 'freopen', 'popen', 'opendir', 'socket', 'accept',
  'accept4', 'dup', 'fork', 'mmap', 'mkstemp', 'tmpfile', 'epoll_create', 'epoll_create1', 'shm_open',
  'dlopen', 'gethostbyname', 'getpwnam', 'getpwuid'))
  OR (c.is_ignored AND c.callee IN ('pthread_create', 'socketpair', 'bind', 'listen', 'getaddrinfo')))
  AND c.file NOT IN (SELECT unit FROM units WHERE release = :release AND errors > 0) -- there statements are missing
