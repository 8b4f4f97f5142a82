-- id: V007
-- title: A domain that holds most of the code
-- goal: velocity
-- severity: minor
-- effort: 2400
-- since: 0.1.0
-- task: domain: Divide the domain {domain}
-- parameter: min_percent = 40: share of the code, in percent
-- why: A part that is most of the whole divides nothing: no team can own it, and its inside has no borders that
--   could be checked.
-- fix: 1. Look at its files by who uses them: sightline show DOMAIN
--   2. Declare the groups that you see as domains in sightline.yaml.
--   3. Watch their dependencies; cut the circles among them first.
-- example: dnsmasq 2.90: domain dnsmasq holds 46 % of the code in 22 files
WITH d AS MATERIALIZED (SELECT domain, lines, files FROM domains WHERE release = :release),
  t AS (SELECT sum(lines) AS lines, count(*) AS domains FROM d)
SELECT NULL AS file, 0 AS line, d.domain, d.domain AS subject,
  'holds ' || CAST(round(100.0 * d.lines / t.lines) AS INTEGER) || ' % of the code in ' || d.files
  || ' files' AS message
FROM d, t WHERE t.domains >= 4 AND 100.0 * d.lines / t.lines >= :min_percent
