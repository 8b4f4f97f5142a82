SELECT u.symbol, s.kind, s.name, sc.value, ((u.since <= ?1 AND (u.until = 0 OR u.until >= ?1)) + 2 * (u.since <= ?2 AND (u.until = 0 OR u.until >= ?2))) AS sides, k.value, n.value, u.sites > 0, u.line FROM resource_use u
JOIN symbol s ON s.id = u.symbol JOIN text sc ON sc.id = s.scope JOIN resource q ON q.id = u.resource JOIN text k ON k.id = q.kind
JOIN text n ON n.id = q.name WHERE sides <> 0
