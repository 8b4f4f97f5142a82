-- id: V005
-- title: A file that much depends on and that depends on much
-- goal: velocity
-- severity: major
-- effort: 480
-- since: 0.1.0
-- task: file: Take {file} apart along what its users need
-- parameter: min_in = 30: files that depend on it, at least
-- parameter: min_out = 30: files that it depends on, at least
-- why: What it needs can break it, and when it changes, everything that needs it may: changes gather there and meet
--   there.
-- fix: 1. Group its functions by who calls them: sightline show FILE
--   2. Move each group to a file (and header) of its own; keep the old header as a list of includes until its users
--   have moved.
--   3. Do the group with the most users first.
-- example: git 2.39, cache.h:1: 297 files depend on it, and it depends on 64
WITH m AS MATERIALIZED (SELECT subject, max(CASE metric WHEN 'fan_in' THEN value END) AS fan_in,
  max(CASE metric WHEN 'fan_out' THEN value END) AS fan_out
  FROM metrics WHERE release = :release AND scope = 'file' AND metric IN ('fan_in', 'fan_out') GROUP BY subject)
SELECT subject AS file, 1 AS line, subject, CAST(fan_in AS INTEGER)
  || ' files depend on it, and it depends on ' || CAST(fan_out AS INTEGER) AS message
FROM m WHERE fan_in >= :min_in AND fan_out >= :min_out
