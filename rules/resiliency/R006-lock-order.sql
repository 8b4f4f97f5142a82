-- id: R006
-- title: Locks taken in orders that make a circle
-- goal: resiliency
-- severity: critical
-- effort: 120
-- since: 0.1.0
-- task: subject: Settle the order of {subject}
-- identity: subject
-- why: Threads that come from different sides wait for each other for ever. Critical where runs were seen to take the
--   locks so; major where the source does (a field is one lock, whatever struct it is in: say which instance comes first).
-- fix: 1. Settle one order (by address, or by layer) and write it down where the locks are declared.
--   2. Where the other order is needed: pthread_mutex_trylock, and give the first one back when it fails.
-- example: libusb 1.0.20, libusb/core.c:1315: do_close takes usbi_transfer.lock while it holds
--   libusb_context.flying_transfers_lock, and libusb_submit_transfer the other way round where the submission fails (mended in
--   1.0.21, whose log tells of the deadlock with a timeout)
WITH RECURSIVE e AS MATERIALIZED (SELECT held, taken, min(function_id) AS function_id, max(observed_count) > 0 AS is_seen
  FROM lock_orders WHERE release = :release GROUP BY held, taken),
one_way AS MATERIALIZED (SELECT a.* FROM e a WHERE NOT EXISTS (SELECT 1 FROM e b WHERE b.held = a.taken AND b.taken = a.held)),
way(first, at, names, told, function_id, is_seen, steps) AS (
  SELECT held, taken, held || ', ' || taken, taken || ' while it holds ' || held, function_id, is_seen, 1 FROM one_way WHERE held < taken
  UNION ALL SELECT w.first, o.taken, w.names || ', ' || o.taken, w.told || ', ' || f.name || ' ' || o.taken || ' while it holds ' || o.held,
    w.function_id, w.is_seen AND o.is_seen, w.steps + 1
  FROM way w JOIN one_way o ON o.held = w.at AND o.taken > w.first AND instr(', ' || w.names || ',', ', ' || o.taken || ',') = 0
  JOIN functions f ON f.release = :release AND f.function_id = o.function_id
  WHERE w.steps < 4)
SELECT f.file, f.line, c.subject, f.name || ' takes ' || c.told AS message,
  CASE WHEN c.is_seen THEN 'critical' ELSE 'major' END AS severity
FROM (
  SELECT a.held || ' and ' || a.taken AS subject, a.function_id, a.is_seen AND b.is_seen AS is_seen,
    a.taken || ' while it holds ' || a.held || ', and ' || g.name || ' the other way round' AS told
  FROM e a JOIN e b ON b.held = a.taken AND b.taken = a.held
  JOIN functions g ON g.release = :release AND g.function_id = b.function_id
  WHERE a.held < a.taken
  UNION ALL SELECT w.names, w.function_id, w.is_seen AND o.is_seen,
    w.told || ', and ' || g.name || ' ' || w.first || ' while it holds ' || w.at
  FROM way w JOIN one_way o ON o.held = w.at AND o.taken = w.first
  JOIN functions g ON g.release = :release AND g.function_id = o.function_id
  WHERE w.steps > 1) c
JOIN functions f ON f.release = :release AND f.function_id = c.function_id
