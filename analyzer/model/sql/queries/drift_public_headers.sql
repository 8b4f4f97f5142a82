SELECT p.value, ((h.since <= ?1 AND (h.until = 0 OR h.until >= ?1)) + 2 * (h.since <= ?2 AND (h.until = 0 OR h.until >= ?2))) AS sides,
  h.reason = (SELECT id FROM text WHERE value = 'installed'), s.value, h.line FROM public_header h JOIN text p ON p.id = h.file
JOIN text s ON s.id = h.said_in WHERE sides <> 0 ORDER BY 1, 2
