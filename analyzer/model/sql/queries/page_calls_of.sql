-- The rows of page_calls.sql with an end in the files from ?2 to ?3: by index, as that many files have few of all calls.
WITH r AS MATERIALIZED (SELECT number AS n FROM release WHERE name = ?1),
own AS MATERIALIZED (SELECT f.symbol FROM text p JOIN function f ON f.file = p.id, r WHERE p.value BETWEEN ?2 AND ?3
  AND f.since <= r.n AND (f.until = 0 OR f.until >= r.n)),
near AS (SELECT c.rowid AS id FROM own JOIN call c ON c.caller = own.symbol UNION SELECT c.rowid FROM own JOIN call c ON c.callee = own.symbol)
SELECT c.caller, c.callee, CASE c.how WHEN 1 THEN 'direct' WHEN 2 THEN 'indirect' ELSE 'observed' END, round(c.confidence, 3), c.sites,
  c.observed, k.value
FROM near JOIN call c ON c.rowid = near.id JOIN r ON c.since <= r.n AND (c.until = 0 OR c.until >= r.n) LEFT JOIN text k ON k.id = c.basis
ORDER BY c.caller, c.callee, c.how
