-- id: S002
-- title: A call that may block while a lock is held
-- goal: scalability
-- severity: minor
-- effort: 60
-- since: 0.1.0
-- task: file: Take blocking calls out of the locked parts of {file}
-- why: While the disk or the network answers, every thread that wants the lock stands still: the slowest device
--   sets the pace of all.
-- fix: 1. Copy what is needed under the lock, give the lock back, then do the input or output.
--   2. Or queue the work under the lock and let one thread do it.
-- example: git 2.39, compat/simple-ipc/ipc-unix-socket.c:943: ipc_server_stop_async calls write while it holds a lock
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls ' || c.callee
  || ' while it holds a lock' AS message
FROM call_sites c WHERE c.release = :release AND c.is_under_lock AND c.callee IN ('read', 'write', 'pread',
  'pwrite', 'readv', 'writev', 'recv', 'recvfrom', 'recvmsg', 'send', 'sendto', 'sendmsg', 'connect',
  'accept', 'accept4', 'poll', 'select', 'epoll_wait', 'fsync', 'fdatasync', 'fread', 'fwrite', 'fflush',
  'fopen', 'fclose', 'fgets', 'open', 'openat', 'unlink', 'rename', 'stat', 'sleep', 'usleep', 'nanosleep',
  'system', 'popen', 'waitpid', 'wait', 'getaddrinfo', 'gethostbyname', 'msync', 'flock', 'ftruncate')
