-- Functions in the order of page_functions.sql, which numbers them.
SELECT f.symbol, s.name, p.value
FROM release r JOIN function f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
JOIN symbol s ON s.id = f.symbol JOIN text p ON p.id = f.file
WHERE r.name = ?1 ORDER BY p.value, f.line, s.name, f.symbol
