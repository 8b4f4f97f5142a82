-- Calls that one release has and the other has not: where only the line is another, nothing changed. Those that runs saw, both.
WITH changed AS MATERIALIZED (SELECT c.caller, c.callee, c.line, c.observed, ((c.since <= ?1 AND (c.until = 0 OR c.until >= ?1)) + 2 * (c.since <= ?2 AND (c.until = 0 OR c.until >= ?2))) AS sides FROM call c WHERE sides IN (1, 2)),
told AS (SELECT caller, callee, sides, min(line) AS line, 0 AS observed FROM changed GROUP BY caller, callee
    HAVING min(sides) = max(sides) AND max(coalesce(observed, 0)) = 0
  UNION ALL SELECT caller, callee, sides, line, observed FROM changed WHERE observed > 0)
SELECT c.caller, a.kind, a.name, asc_.value, c.callee, b.kind, b.name, bsc.value, c.sides, c.line, c.observed
FROM told c JOIN symbol a ON a.id = c.caller JOIN text asc_ ON asc_.id = a.scope JOIN symbol b ON b.id = c.callee
JOIN text bsc ON bsc.id = b.scope
