-- id: C007
-- title: State shared between processes of one machine
-- goal: cloud-readiness
-- severity: major
-- effort: 480
-- since: 0.1.0
-- task: file: Replace the shared memory of {file}
-- why: It ties processes to one machine, and to one pod; System V objects live on when their processes are gone,
--   and may be left locked.
-- fix: 1. Threads of one process, or messages over a socket, instead of shared memory.
--   2. Where it must be: memfd_create or MAP_ANONYMOUS | MAP_SHARED before fork, which end with the processes.
-- example: busybox 1.35, sysklogd/logread.c:119: logread_main calls shmget
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls '
  || c.callee AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('shmget', 'shmat', 'semget', 'msgget',
  'shm_open', 'sem_open', 'mq_open', 'ftok')
