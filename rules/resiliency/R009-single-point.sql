-- id: R009
-- title: A function that most of the code leans on
-- goal: resiliency
-- severity: info
-- effort: 120
-- since: 0.1.0
-- task: subject: Guard {subject} with tests of its own
-- parameter: min_callers = 100: calling functions, at least
-- parameter: min_percent = 60: share of the domains, in percent
-- parameter: min_lines = 15: lines of code of the function, at least
-- why: What goes wrong in it goes wrong nearly everywhere; it must not change by accident.
-- fix: 1. Give it tests of its own that state its contract, failure cases first.
--   2. Keep it small: what only some callers need belongs to them.
-- example: git 2.39, string-list.c:169: 195 functions in 28 of 33 domains call string_list_clear
WITH n AS (SELECT count(*) AS domains FROM domains WHERE release = :release),
f AS MATERIALIZED (SELECT file, domain FROM files WHERE release = :release),
c AS MATERIALIZED (SELECT callee_id, count(*) AS callers, count(DISTINCT f.domain) AS domains
  FROM calls c JOIN f ON f.file = c.caller_file
  WHERE c.release = :release AND c.how = 'direct'
  AND c.callee_file IS NOT NULL GROUP BY callee_id HAVING count(*) >= :min_callers)
SELECT g.file, g.line, g.name AS subject, c.callers || ' functions in ' || c.domains || ' of '
  || n.domains || ' domains call ' || g.name AS message
FROM c JOIN functions g ON g.release = :release AND g.function_id = c.callee_id, n
WHERE n.domains >= 4 AND 100 * c.domains >= :min_percent * n.domains AND g.code_lines >= :min_lines
