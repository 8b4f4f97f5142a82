WITH f AS MATERIALIZED (SELECT function_id, name, file, domain FROM functions WHERE release = ?1),
e AS MATERIALIZED (SELECT function_id, function, kind, observed_count FROM entry_points
  WHERE release = ?1 AND kind IN ('main', 'thread', 'signal', 'constructor', 'destructor')),
w AS (SELECT entry_id, count(*) AS reaches, sum(observed) AS observed, count(DISTINCT g.domain) AS domains
  FROM flows JOIN f g ON g.function_id = flows.function_id WHERE release = ?1 GROUP BY entry_id)
SELECT e.function AS entry, e.kind, f.file, coalesce(w.reaches, 0) AS reaches, coalesce(w.observed, 0) AS observed,
  coalesce(w.domains, 0) AS domains, e.observed_count AS entered
FROM e JOIN f ON f.function_id = e.function_id LEFT JOIN w ON w.entry_id = e.function_id
ORDER BY reaches DESC, entry, f.file
