WITH f AS MATERIALIZED (SELECT function_id, name, file FROM functions WHERE release = ?1),
e AS MATERIALIZED (SELECT function_id, function, kind, observed_count, reaches FROM entry_points
  WHERE release = ?1 AND (kind NOT IN ('callback', 'export') OR observed_count > 0)),
w AS MATERIALIZED (SELECT entry_id, count(*) AS domains, sum(observed_functions) AS observed, sum(functions) AS functions FROM flow_domains
  WHERE release = ?1 GROUP BY entry_id),
r AS MATERIALIZED (SELECT entry_id, count(*) AS resources FROM flow_resources WHERE release = ?1 GROUP BY entry_id)
SELECT e.function AS entry, e.kind, f.file, coalesce(w.functions, e.reaches, 0) AS reaches, coalesce(w.observed, 0) AS observed,
  coalesce(w.domains, 0) AS domains, coalesce(r.resources, 0) AS resources, e.observed_count AS entered
FROM e JOIN f ON f.function_id = e.function_id LEFT JOIN w ON w.entry_id = e.function_id LEFT JOIN r ON r.entry_id = e.function_id
ORDER BY reaches DESC, entry, f.file
