SELECT q.kind, q.name, q.type, q.exclusivity, q.domains, count(DISTINCT u.function_id) AS functions,
  group_concat(DISTINCT u.operation) AS operations, sum(u.static_sites) AS "in source", sum(u.observed_count) AS times,
  sum(u.observed_errors) AS errors, sum(u.observed_bytes) AS "bytes (locks: waits)"
FROM resources q JOIN resource_uses u ON u.release = q.release AND u.resource_id = q.resource_id
WHERE q.release = ?1 GROUP BY q.resource_id ORDER BY q.kind, times DESC, q.name
