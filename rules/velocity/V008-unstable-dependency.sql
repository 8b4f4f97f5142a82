-- id: V008
-- title: A stable domain that depends on one that changes easily
-- goal: velocity
-- severity: minor
-- effort: 240
-- since: 0.1.0
-- task: domain: Protect {domain} from what changes more easily
-- parameter: min_difference = 0.3: difference of instability, at least
-- parameter: min_weight = 10: weight of the dependency, at least
-- why: Many depend on the one, few on the other (Martin 1994): each change of the less stable one goes through to
--   all that rely on the stable one.
-- fix: 1. Name what is used of the unstable domain.
--   2. Put an interface (a header with opaque types, or a struct of function pointers) in the stable one, which the
--   unstable one fills.
--   3. Or move the few functions that are used.
-- example: git 2.39: common, on which 32 domains depend, depends on builtin, which is less stable (instability 0.45
--   against 0.84)
WITH m AS MATERIALIZED (SELECT subject, max(CASE metric WHEN 'instability' THEN value END) AS i,
  max(CASE metric WHEN 'coupling_in' THEN value END) AS ca
  FROM metrics WHERE release = :release AND scope = 'domain' AND metric IN ('instability',
  'coupling_in') GROUP BY subject)
SELECT NULL AS file, 0 AS line, d.from_domain AS domain, d.from_domain || ' -> ' || d.to_domain AS subject,
  d.from_domain || ', on which ' || CAST(a.ca AS INTEGER) || ' domains depend, depends on ' || d.to_domain
  || ', which is less stable (instability '
  || printf('%.2f', a.i) || ' against ' || printf('%.2f', b.i) || ')' AS message,
  d.from_domain AS cut_from, d.to_domain AS cut_to
FROM domain_dependencies d JOIN m a ON a.subject = d.from_domain JOIN m b ON b.subject = d.to_domain
WHERE d.release = :release AND a.ca >= 3 AND b.i - a.i >= :min_difference AND d.weight >= :min_weight
