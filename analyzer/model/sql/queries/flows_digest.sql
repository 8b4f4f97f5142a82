WITH f AS MATERIALIZED (SELECT function_id, name, file, domain FROM functions WHERE release = ?1)
SELECT e.function AS entry, e.kind, f.file, count(w.function_id) AS reaches, count(DISTINCT g.domain) AS domains
FROM entry_points e JOIN f ON f.function_id = e.function_id
LEFT JOIN flows w ON w.release = e.release AND w.entry_id = e.function_id
LEFT JOIN f g ON g.function_id = w.function_id
WHERE e.release = ?1 AND e.kind IN ('main', 'thread', 'signal', 'constructor', 'destructor')
GROUP BY e.function_id, e.kind ORDER BY reaches DESC, entry, f.file
