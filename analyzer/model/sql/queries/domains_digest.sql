WITH m AS MATERIALIZED (SELECT subject, metric, value FROM metrics WHERE release = ?1 AND scope = 'domain'),
b AS MATERIALIZED (SELECT domain, what, is_observed, printf('%3.0f%% ', share * 100) || band AS text FROM exclusivity WHERE release = ?1),
p AS (SELECT subject, max(CASE metric WHEN 'coupling_in' THEN value END) AS "in", max(CASE metric WHEN 'coupling_out' THEN value END) AS "out",
  max(CASE metric WHEN 'entry_points' THEN value END) AS entries, max(CASE metric WHEN 'api_surface' THEN value END) AS api,
  max(CASE metric WHEN 'hidden_reached' THEN value END) AS hidden, max(CASE metric WHEN 'level' THEN value END) AS level
  FROM m GROUP BY subject)
SELECT d.domain, d.files, d.functions, d.lines, d.cohesion,
  coalesce((SELECT text FROM b WHERE b.domain = d.domain AND what = 'functions' AND NOT is_observed), '') AS exclusive,
  (SELECT text FROM b WHERE b.domain = d.domain AND what = 'functions' AND is_observed) AS "exclusive in runs",
  CAST(p."in" AS INTEGER) AS "in", CAST(p."out" AS INTEGER) AS "out", CAST(p.entries AS INTEGER) AS entries, CAST(p.api AS INTEGER) AS api,
  CAST(p.hidden AS INTEGER) AS hidden, CAST(p.level AS INTEGER) AS level, d.debt_score AS debt
FROM domains d LEFT JOIN p ON p.subject = d.domain WHERE d.release = ?1 ORDER BY d.lines DESC, d.domain
