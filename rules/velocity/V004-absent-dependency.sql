-- id: V004
-- title: A declared dependency that is not there
-- goal: velocity
-- severity: info
-- effort: 10
-- since: 0.1.0
-- task: codebase: Bring the declared architecture up to date
-- why: sightline.yaml, or the diagram that it names as reference, has a dependency that nothing makes use of: either
--   the declaration is out of date, or something that was planned is missing.
-- fix: 1. Delete the line under allow: or the arrow, or
--   2. find out what should have used it.
-- example: openssh 9.2, whose OVERVIEW lets the client (ssh.c) use ttymodes.c: declared, but absent: clientloop.c
--   does that today
WITH said AS MATERIALIZED (SELECT from_domain, to_domain FROM policies WHERE release = :release AND verdict = 'allow'
  AND from_domain <> '*' AND to_domain <> '*'),
f AS MATERIALIZED (SELECT file, domain FROM files WHERE release = :release AND EXISTS (SELECT 1 FROM said)),
there AS MATERIALIZED (SELECT from_domain, to_domain FROM domain_dependencies
  WHERE release = :release AND EXISTS (SELECT 1 FROM said)
  UNION SELECT a.domain, b.domain FROM includes i JOIN f a ON a.file = i.file JOIN f b ON b.file = i.included
  WHERE i.release = :release) -- to include is a dependency too, if the least
SELECT NULL AS file, 0 AS line, p.from_domain AS domain, p.from_domain || ' -> ' || p.to_domain AS subject,
  'declared, but absent: ' || p.from_domain || ' does not use ' || p.to_domain AS message
FROM said p WHERE NOT EXISTS (SELECT 1 FROM there t WHERE t.from_domain = p.from_domain AND t.to_domain = p.to_domain)
