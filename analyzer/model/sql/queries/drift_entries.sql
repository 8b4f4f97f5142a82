SELECT e.symbol, s.kind, s.name, sc.value, ((e.since <= ?1 AND (e.until = 0 OR e.until >= ?1)) + 2 * (e.since <= ?2 AND (e.until = 0 OR e.until >= ?2))) AS sides, k.value, e.observed FROM entry e JOIN symbol s ON s.id = e.symbol
JOIN text sc ON sc.id = s.scope JOIN text k ON k.id = e.kind WHERE sides <> 0
