-- id: R014
-- title: Threads that nobody joins or detaches
-- goal: resiliency
-- severity: minor
-- effort: 30
-- since: 0.1.0
-- task: codebase: Join or detach threads
-- why: Stack and exit state of an ended thread stay until it is joined: a program that starts them again and again
--   grows; and leaving main under a running one cuts its work off.
-- fix: 1. pthread_join before leaving, or
--   2. pthread_detach (or PTHREAD_CREATE_DETACHED) where nobody waits.
-- example: memcached 1.6.18, extstore.c:393: extstore_init starts threads, and nothing in its file joins or
--   detaches any
SELECT c.file, c.line, c.caller AS subject, c.caller
  || ' starts a thread, and nothing in its file joins or detaches any' AS message
FROM call_sites c WHERE c.release = :release AND c.callee = 'pthread_create'
  AND NOT EXISTS (SELECT 1 FROM call_sites p WHERE p.release = :release AND (p.callee = 'pthread_attr_setdetachstate'
  OR (p.file = c.file AND p.callee IN ('pthread_join', 'pthread_detach', 'pthread_tryjoin_np', 'pthread_timedjoin_np'))))
  AND c.file NOT IN (SELECT unit FROM units WHERE release = :release AND errors > 0)
