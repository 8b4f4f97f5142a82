-- id: R006
-- title: Two locks taken in both orders
-- goal: resiliency
-- severity: critical
-- effort: 120
-- since: 0.1.0
-- task: subject: Settle the order of {subject}
-- identity: subject
-- why: Two threads that come from both sides wait for each other for ever. Runs were seen to take the locks in
--   either order.
-- fix: 1. Settle one order (by address, or by layer) and write it down where the locks are declared.
--   2. Where the other order is needed: pthread_mutex_trylock, and give the first one back when it fails.
-- example: none of git, redis, SQLite and curl has it in the runs that were recorded: the case in tests/rules/R006
--   shows it
SELECT file, line, subject, message FROM (
  SELECT f.file, f.line, a.held || ' and ' || a.taken AS subject,
    a.function || ' takes ' || a.taken || ' while it holds ' || a.held || ', and ' || b.function
    || ' the other way round' AS message,
    row_number() OVER (PARTITION BY a.held, a.taken ORDER BY f.file, f.line, a.function, b.function) AS rank
  FROM lock_orders a JOIN lock_orders b ON b.release = a.release AND b.held_id = a.taken_id
    AND b.taken_id = a.held_id
  LEFT JOIN functions f ON f.release = a.release AND f.function_id = a.function_id
  WHERE a.release = :release AND a.held < a.taken)
WHERE rank = 1
