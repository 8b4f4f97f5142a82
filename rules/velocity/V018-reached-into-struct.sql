-- id: V018
-- title: Another domain reaches into a struct
-- goal: velocity
-- severity: minor
-- effort: 120
-- since: 0.1.0
-- task: subject: Leave the inside of a struct to its owner: {subject}
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
  GROUP BY name HAVING count(*) = 1)
SELECT t.file, t.line, x.domain || ' in struct ' || t.name AS subject, x.domain AS domain,
  x.domain || ' touches ' || x.fields || ' fields of struct ' || t.name || ' of ' || t.domain || ' in '
  || x.sites || ' places, ' || o.domain || ' itself in ' || o.sites AS message
FROM t CROSS JOIN struct_uses o ON o.release = :release AND o.struct = t.name AND o.domain = t.domain
CROSS JOIN struct_uses x ON x.release = :release AND x.struct = t.name AND x.domain <> t.domain
WHERE x.domain <> 'tests' AND x.domain NOT GLOB 'tests-*' AND t.name NOT GLOB '*<*' AND x.fields >= :min_fields AND x.sites >= :min_sites AND x.sites > o.sites
