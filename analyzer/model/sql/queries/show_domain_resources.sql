WITH u AS MATERIALIZED (SELECT u.resource_id, count(DISTINCT u.function_id) AS functions, group_concat(DISTINCT u.operation) AS operations,
  sum(u.static_sites) AS sites, sum(u.observed_count) AS times
  FROM resource_uses u JOIN functions f ON f.release = u.release AND f.function_id = u.function_id
  WHERE u.release = ?1 AND f.domain = ?2 GROUP BY u.resource_id)
SELECT q.kind, q.name, q.exclusivity, q.domains, u.functions, u.operations, u.sites AS "in source", u.times
FROM u JOIN resources q ON q.release = ?1 AND q.resource_id = u.resource_id ORDER BY q.kind, q.name
