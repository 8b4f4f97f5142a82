-- id: V002
-- title: Domains that need each other in a circle
-- goal: velocity
-- severity: major
-- effort: 240
-- since: 0.1.0
-- task: codebase: Break the circle of domains with {task} by {count} cut{s}
-- why: Domains in a circle are one domain with several names: none can be built, tested, owned or split off alone.
-- fix: Cut the named dependencies between domains, the cheapest first.
--   1. See what is used: sightline show DOMAIN
--   2. Move the few functions or types that are used to the domain that uses them, or below both.
--   3. Where the lower domain calls up, let the upper one register a callback.
--   4. Say the layers in sightline.yaml, so that the circle does not come back.
-- example: git 2.39: domain add needs merge in 10 places, and is needed by it in turn: cutting this breaks a circle of
--   33 domains
WITH size AS MATERIALIZED (SELECT cycle, count(*) AS members FROM cycles WHERE release = :release
  AND scope = 'domain' GROUP BY cycle)
SELECT NULL AS file, 0 AS line, c.from_name AS domain, c.from_name || ' -> ' || c.to_name AS subject,
  'domain ' || c.from_name || ' needs ' || c.to_name || ' in ' || max(1, CAST(c.cost AS INTEGER))
  || CASE WHEN c.cost < 2 THEN ' place' ELSE ' places' END || ', and is needed by it in turn: cutting this breaks a circle of ' || s.members
  || ' domains' AS message,
  min(2400, 60 + 10 * CAST(c.cost AS INTEGER)) AS effort_minutes, c.cycle AS task, c.from_name AS cut_from,
  c.to_name AS cut_to
FROM cycle_cuts c LEFT JOIN size s ON s.cycle = c.cycle WHERE c.release = :release AND c.scope = 'domain'
