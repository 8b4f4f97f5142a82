-- As the view flow_domains; ?2: of these entry points alone, as a JSON array of ids.
SELECT w.entry, t.value, count(*), sum(w.observed), min(w.depth)
FROM release r JOIN flow w ON w.since <= r.number AND (w.until = 0 OR w.until >= r.number)
JOIN function f ON f.symbol = w.symbol AND f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
JOIN file d ON d.path = f.file AND d.since <= r.number AND (d.until = 0 OR d.until >= r.number) JOIN text t ON t.id = d.domain
WHERE r.name = ?1 AND (?2 IS NULL OR w.entry IN (SELECT value FROM json_each(?2)))
GROUP BY w.entry, d.domain ORDER BY w.entry, min(w.depth), t.value
