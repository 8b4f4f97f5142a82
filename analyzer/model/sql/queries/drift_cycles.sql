SELECT s.value = 'file', c.value, m.value, ((y.since <= ?1 AND (y.until = 0 OR y.until >= ?1)) + 2 * (y.since <= ?2 AND (y.until = 0 OR y.until >= ?2))) AS sides FROM cycle_member y JOIN text s ON s.id = y.scope
JOIN text c ON c.id = y.cycle JOIN text m ON m.id = y.member WHERE sides <> 0 ORDER BY 1, 2, 3
