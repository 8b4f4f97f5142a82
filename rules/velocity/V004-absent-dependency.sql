-- id: V004
-- title: A declared dependency that is not there
-- goal: velocity
-- severity: info
-- effort: 10
-- since: 0.1.0
-- task: codebase: Bring the declared architecture up to date
-- why: sightline.yaml allows a dependency that nothing makes use of: either the declaration is out of date, or
--   something that was planned is missing.
-- fix: 1. Delete the line under allow:, or
--   2. find out what should have used it.
-- example: none of git 2.39, redis 7.0, SQLite 3.40 and curl 7.88 has it: it needs a declared architecture
SELECT NULL AS file, 0 AS line, p.from_domain AS domain, p.from_domain || ' -> ' || p.to_domain AS subject,
  'declared, but absent: ' || p.from_domain || ' does not use ' || p.to_domain AS message
FROM policies p WHERE p.release = :release AND p.verdict = 'allow' AND p.from_domain <> '*'
  AND p.to_domain <> '*'
  AND NOT EXISTS (SELECT 1 FROM domain_dependencies d WHERE d.release = :release
  AND d.from_domain = p.from_domain AND d.to_domain = p.to_domain)
