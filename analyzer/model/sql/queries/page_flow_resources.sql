-- As the view flow_resources; ?2: of these entry points alone, as a JSON array of ids.
WITH r AS MATERIALIZED (SELECT number AS n FROM release WHERE name = ?1),
w AS MATERIALIZED (SELECT entry, symbol, observed FROM flow, r WHERE since <= n AND (until = 0 OR until >= n)
  AND (?2 IS NULL OR entry IN (SELECT value FROM json_each(?2))))
SELECT w.entry, u.resource, count(DISTINCT u.symbol), group_concat(DISTINCT o.value), max(w.observed AND u.observed > 0)
FROM r JOIN resource_use u ON u.since <= r.n AND (u.until = 0 OR u.until >= r.n) JOIN w ON w.symbol = u.symbol JOIN text o ON o.id = u.operation
GROUP BY w.entry, u.resource ORDER BY w.entry, u.resource
