-- id: S001
-- title: One lock for several domains
-- goal: scalability
-- severity: major
-- effort: 480
-- since: 0.1.0
-- task: subject: Divide the lock {subject}
-- parameter: min_domains = 3: domains, at least
-- why: Work of one domain waits for that of the others, on however many processors; and nobody sees all that the
--   lock protects.
-- fix: 1. List what it protects: sightline show LOCK
--   2. Give each domain's data a lock of its own, taken in a fixed order where two are needed.
--   3. What is only counted becomes atomic.
-- example: rsyslog 8.2302 where there are no atomic built-ins, runtime/glbl.c:99: mutTerminateInputs is taken by
--   3 domains in 3 files
WITH v AS MATERIALIZED (SELECT variable_id, name, file, line FROM variables WHERE release = :release
  AND (type LIKE '%mutex_t%' OR type LIKE '%rwlock_t%' OR type LIKE '%spinlock_t%' OR type = 'mtx_t'))
SELECT v.file, v.line, v.name AS subject, v.name || ' is taken by ' || count(DISTINCT f.domain)
  || ' domains in ' || count(DISTINCT u.from_file) || ' files' AS message
FROM v JOIN uses u ON u.release = :release AND u.to_id = v.variable_id AND u.kind = 'address'
  AND u.from_id IS NOT NULL JOIN files f ON f.release = :release AND f.file = u.from_file
GROUP BY v.variable_id HAVING count(DISTINCT f.domain) >= :min_domains
