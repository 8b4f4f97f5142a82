-- id: V009
-- title: Environment variables are read all over the code
-- goal: velocity
-- severity: minor
-- effort: 240
-- since: 0.1.0
-- task: codebase: Read the environment in one place
-- identity: subject
-- parameter: min_domains = 4: domains that read the environment, at least
-- parameter: min_files = 6: files that do, at least
-- why: Nobody can say what configures the program without reading all of it; a name is spelled, defaulted and
--   checked in several ways; and getenv is not safe beside setenv in threads.
-- fix: 1. Give one file a struct of settings that it fills at start, environment included.
--   2. Let the others be given the struct, or ask it by function.
--   3. Then document and check the names where they are read.
-- example: git 2.39, builtin/am.c:1674: GIT_COMMITTER_NAME is read here, one of 62 files in 23 domains that read the
--   environment
WITH g AS MATERIALIZED (SELECT l.text, l.file, l.line, f.domain,
  row_number() OVER (PARTITION BY l.text ORDER BY l.file, l.line) AS rank FROM literals l
  JOIN files f ON f.release = l.release AND f.file = l.file
  WHERE l.release = :release AND l.callee IN ('getenv', 'secure_getenv')),
n AS (SELECT count(DISTINCT domain) AS domains, count(DISTINCT file) AS files FROM g)
SELECT g.file, g.line, 'getenv ' || g.text AS subject,
  g.text || ' is read here, one of ' || n.files || ' files in ' || n.domains
  || ' domains that read the environment' AS message, 15 AS effort_minutes
FROM g, n WHERE g.rank = 1 AND n.domains >= :min_domains AND n.files >= :min_files
