-- id: V018
-- title: Another domain reaches into a struct
-- goal: velocity
-- severity: minor
-- effort: 120
-- since: 0.1.0
-- task: subject: Keep {domain} out of the inside of the struct
-- parameter: min_fields = 5: fields touched, at least
-- parameter: min_sites = 30: places, at least
-- why: Its fields are an interface that nobody wrote down: the owner cannot change or check them without changing
--   the other domain.
-- fix: 1. Give the owner functions for what the other domain does with the fields.
--   2. Leave "struct name;" in the public header and move the definition to an internal one (opaque type).
--   3. Plain values that are meant to be passed about (a point, a range) are no finding: accept them.
-- example: git 2.39, cache.h:21: archive touches 7 fields of struct git_zstream of common in 101 places, common itself
--   in 44
WITH t AS MATERIALIZED (SELECT name, min(file) AS file, line, domain FROM types WHERE release = :release
  AND kind IN ('struct', 'union') AND fields >= 4
  GROUP BY name HAVING count(*) = 1),
u AS MATERIALIZED (SELECT substr(u.to_name, 1, instr(u.to_name, '.') - 1) AS type, u.to_name, u.sites,
  u.from_file FROM uses u
  WHERE u.release = :release AND u.kind = 'field' AND instr(u.to_name, '.') > 0),
x AS (SELECT u.type, f.domain, count(DISTINCT u.to_name) AS fields, sum(u.sites) AS sites,
  min(u.from_file) AS from_file
  FROM u JOIN files f ON f.release = :release AND f.file = u.from_file GROUP BY u.type, f.domain)
SELECT t.file, t.line, x.domain || ' in struct ' || t.name AS subject, x.domain AS domain,
  x.domain || ' touches ' || x.fields || ' fields of struct ' || t.name || ' of ' || t.domain || ' in '
  || x.sites || ' places, ' || o.domain || ' itself in ' || o.sites AS message
FROM t JOIN x ON x.type = t.name AND x.domain <> t.domain JOIN x o ON o.type = t.name AND o.domain = t.domain
WHERE x.fields >= :min_fields AND x.sites >= :min_sites AND x.sites > o.sites
