-- id: V011
-- title: A variable that several domains write
-- goal: velocity
-- severity: major
-- effort: 120
-- since: 0.1.0
-- task: subject: Give {subject} one owner
-- parameter: min_domains = 3: domains that write it, at least
-- why: Whoever reads it must know everyone who writes it, in which order, on which thread. It ties the domains
--   together where no interface shows.
-- fix: 1. Make it static in the file that should own it.
--   2. Give that file functions to read and change it, with the checks that each writer now makes for itself.
--   3. Better: put it in a struct that callers pass.
-- example: git 2.39, commit.c:28: save_commit_buffer is written by 9 domains in 14 files
WITH v AS MATERIALIZED (SELECT variable_id, name, file, line, domain FROM variables
  WHERE release = :release AND is_mutable AND NOT is_static AND NOT is_thread_local AND name IN (SELECT name FROM variables
  WHERE release = :release AND NOT is_static GROUP BY name HAVING count(*) = 1)), -- programs may each have one of their own
w AS (SELECT u.to_id, f.domain, u.from_file FROM uses u JOIN files f ON f.release = u.release
  AND f.file = u.from_file
  WHERE u.release = :release AND u.kind = 'write' AND u.to_id IN (SELECT variable_id
  FROM v) AND u.from_file NOT IN (SELECT g.file FROM entry_points e JOIN functions g ON g.release = :release
  AND g.function_id = e.function_id WHERE e.release = :release AND e.kind = 'main') GROUP BY u.to_id, u.from_file) -- programs may set up what they share
SELECT v.file, v.line, v.name AS subject, v.name || ' is written by ' || count(DISTINCT w.domain)
  || ' domains in ' || count(*) || ' files' AS message
FROM v JOIN w ON w.to_id = v.variable_id GROUP BY v.variable_id HAVING count(DISTINCT w.domain) >= :min_domains
