-- id: S007
-- title: A C library call that keeps its result in one static place
-- goal: scalability
-- severity: minor
-- effort: 10
-- since: 0.1.0
-- task: codebase: Replace non-reentrant library calls: {task}
-- why: The second thread overwrites the first one's result between the call and its use. In a program with threads
--   this is a wrong answer under load, seldom and never in the debugger.
-- fix: 1. strtok -> strtok_r, localtime/gmtime/ctime/asctime -> *_r or strftime, getpw*/getgr* -> *_r.
--   2. gethostbyname/gethostbyaddr/inet_ntoa -> getaddrinfo, getnameinfo, inet_ntop.
--   3. crypt -> crypt_r.
-- example: git 2.39, daemon.c:1226: prepare_credentials calls getpwnam, whose result is one static object, in a program
--   with threads
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject,
  c.caller || ' calls ' || c.callee || ', whose result is one static object'
  || CASE WHEN t.threads THEN ', in a program with threads' ELSE '' END AS message, c.callee AS task,
  CASE WHEN t.threads THEN 'minor' ELSE 'info' END AS severity
FROM call_sites c, (SELECT EXISTS (SELECT 1 FROM call_sites p WHERE p.release = :release
  AND p.callee IN ('pthread_create', 'thrd_create')) AS threads) t
WHERE c.release = :release AND c.callee IN ('strtok', 'localtime', 'gmtime', 'ctime', 'asctime', 'getpwnam',
  'getpwuid', 'getgrnam', 'getgrgid', 'gethostbyname', 'gethostbyaddr', 'getservbyname', 'getprotobyname',
  'inet_ntoa', 'ttyname', 'getlogin', 'crypt', 'ether_ntoa', 'hcreate', 'hsearch', 'strsignal', 'tmpnam',
  'dlerror', 'lgamma') AND c.callee NOT IN ('strsignal', 'dlerror', 'lgamma')
