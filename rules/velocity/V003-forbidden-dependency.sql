-- id: V003
-- title: A dependency that the declared architecture forbids
-- goal: velocity
-- severity: critical
-- effort: 60
-- since: 0.1.0
-- task: codebase: Remove the forbidden dependency {task}
-- why: The architecture in sightline.yaml, or in the diagram that it names as reference, says that this must not be (a
--   layer must not use one above it). Each exception makes the next one easier.
-- fix: 1. See which names are used, and decide who should own them.
--   2. Move them down, or turn the call round with a callback.
--   3. If the dependency is right after all, change the declaration or the diagram and say why.
-- example: rsyslog 8.2302, runtime/glbl.c:1407: runtime must not depend on daemon (tools/), for rsyslog.c calls it
--   a library of its own, but queryLocalHostname is in tools/rsyslogd.c
WITH said AS MATERIALIZED (SELECT from_domain, to_domain, verdict FROM policies WHERE release = :release),
f AS MATERIALIZED (SELECT file, domain FROM files WHERE release = :release),
d AS MATERIALIZED (SELECT d.from_file, d.to_file, a.domain AS from_domain, b.domain AS to_domain,
  sum(d.weight) AS weight
  FROM (SELECT 1 FROM said LIMIT 1) CROSS JOIN dependencies d JOIN f a ON a.file = d.from_file JOIN f b ON b.file = d.to_file
  WHERE d.release = :release AND d.kind NOT IN ('indirect') AND a.domain <> b.domain GROUP BY d.from_file,
  d.to_file),
verdicts AS (SELECT d.*, (SELECT s.verdict FROM said s WHERE s.from_domain IN (d.from_domain, '*')
  AND s.to_domain IN (d.to_domain, '*')
  ORDER BY (s.from_domain <> '*') + (s.to_domain <> '*') DESC, s.verdict DESC LIMIT 1) AS verdict FROM d)
SELECT from_file AS file, coalesce((SELECT min(i.line) FROM includes i WHERE i.release = :release
  AND i.file = from_file AND i.included = to_file), (SELECT min(c.line) FROM calls c WHERE c.release = :release
  AND c.caller_file = from_file AND c.callee_file = to_file AND c.how = 'direct' AND c.line > 0)) AS line,
  from_domain AS domain, from_file || ' -> ' || to_file AS subject,
  from_domain || ' must not depend on ' || to_domain || ', but ' || from_file || ' uses ' || to_file
  || ' in ' || max(1, CAST(weight AS INTEGER)) || CASE WHEN weight < 2 THEN ' place' ELSE ' places' END AS message,
  from_domain || ' -> ' || to_domain AS task, from_file AS cut_from, to_file AS cut_to
FROM verdicts WHERE verdict = 'forbid'
