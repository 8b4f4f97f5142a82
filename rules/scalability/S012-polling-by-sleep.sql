-- id: S012
-- title: Waiting in a loop that sleeps
-- goal: scalability
-- severity: info
-- effort: 60
-- since: 0.1.0
-- task: file: Wait for events instead of sleeping in {file}
-- why: It wakes for nothing most of the time, and reacts late by half the nap when something happens.
-- fix: 1. Wait for what happens: poll on a descriptor, pthread_cond_timedwait, waitpid, eventfd.
--   2. A retry loop: give it a limit and growing, jittered pauses, and accept the finding.
-- example: git 2.39, builtin/upload-archive.c:115: cmd_upload_archive calls sleep in a loop
SELECT c.file, c.line, c.caller AS subject, c.caller || ' calls ' || c.callee || ' in a loop' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('sleep', 'usleep', 'nanosleep')
  AND c.in_loop
