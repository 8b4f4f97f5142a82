WITH m AS MATERIALIZED (SELECT subject, metric, value FROM metrics WHERE release = ?1 AND scope = 'domain'),
p AS MATERIALIZED (SELECT subject, max(CASE metric WHEN 'coupling_in' THEN value END) AS coupling_in,
  max(CASE metric WHEN 'coupling_out' THEN value END) AS coupling_out, max(CASE metric WHEN 'level' THEN value END) AS level,
  max(CASE metric WHEN 'entry_points' THEN value END) AS entry_points, max(CASE metric WHEN 'api_surface' THEN value END) AS api,
  max(CASE metric WHEN 'hidden_reached' THEN value END) AS hidden_reached, max(CASE metric WHEN 'instability' THEN value END) AS instability,
  max(CASE metric WHEN 'exclusivity_globals' THEN value END) AS exclusivity_globals,
  max(CASE metric WHEN 'exclusivity_resources' THEN value END) AS exclusivity_resources,
  max(CASE metric WHEN 'exclusivity_observed' THEN value END) AS exclusivity_observed,
  max(CASE metric WHEN 'upward_dependencies' THEN value END) AS upward FROM m GROUP BY subject),
f AS MATERIALIZED (SELECT domain, count(*) AS n FROM findings WHERE release = ?1 GROUP BY domain),
c AS MATERIALIZED (SELECT member, cycle FROM cycles WHERE release = ?1 AND scope = 'domain'),
o AS MATERIALIZED (SELECT domain, sum(is_observed) AS n FROM functions WHERE release = ?1 GROUP BY domain)
SELECT d.domain, d.files, d.functions, d.lines, round(d.cohesion, 4) AS cohesion, round(d.exclusivity, 4) AS exclusivity,
  round(d.debt_score, 2) AS debt, p.level, p.coupling_in, p.coupling_out, p.entry_points, p.api, p.hidden_reached,
  round(p.instability, 3) AS instability, round(p.exclusivity_globals, 3) AS exclusivity_globals,
  round(p.exclusivity_resources, 3) AS exclusivity_resources, round(p.exclusivity_observed, 3) AS exclusivity_observed, p.upward,
  coalesce(f.n, 0) AS findings, coalesce(o.n, 0) AS observed, c.cycle
FROM domains d LEFT JOIN p ON p.subject = d.domain LEFT JOIN f ON f.domain = d.domain LEFT JOIN c ON c.member = d.domain
LEFT JOIN o ON o.domain = d.domain
WHERE d.release = ?1 ORDER BY d.domain
