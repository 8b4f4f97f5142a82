SELECT c.caller, a.kind, a.name, asc_.value, c.callee, b.kind, b.name, bsc.value, ((c.since <= ?1 AND (c.until = 0 OR c.until >= ?1)) + 2 * (c.since <= ?2 AND (c.until = 0 OR c.until >= ?2))) AS sides, c.line, c.observed
FROM call c JOIN symbol a ON a.id = c.caller JOIN text asc_ ON asc_.id = a.scope JOIN symbol b ON b.id = c.callee
JOIN text bsc ON bsc.id = b.scope WHERE sides IN (1, 2)
