-- What differs where the page of some release would: the digests of all tables, the releases, what was compared.
SELECT name, rows, high, low FROM digest UNION ALL SELECT name, created_at, functions, calls FROM release
UNION ALL SELECT 'events', count(*), 0, 0 FROM event ORDER BY 1, 2, 3, 4
