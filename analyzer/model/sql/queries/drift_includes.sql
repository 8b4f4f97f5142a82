SELECT p.value, i.value, ((n.since <= ?1 AND (n.until = 0 OR n.until >= ?1)) + 2 * (n.since <= ?2 AND (n.until = 0 OR n.until >= ?2))) AS sides, n.line FROM include n JOIN text p ON p.id = n.file JOIN text i ON i.id = n.included
WHERE n.is_outside AND sides <> 0
