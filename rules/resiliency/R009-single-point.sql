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
WITH n AS (SELECT count(*) AS domains FROM domains WHERE release = :release)
SELECT g.file, g.line, g.name AS subject, c.callers || ' functions in ' || c.caller_domains || ' of '
  || n.domains || ' domains call ' || g.name AS message
FROM n CROSS JOIN call_counts c ON c.release = :release
CROSS JOIN functions g ON g.release = :release AND g.function_id = c.function_id
WHERE n.domains >= 4 AND c.callers >= :min_callers AND 100 * c.caller_domains >= :min_percent * n.domains
  AND g.code_lines >= :min_lines
