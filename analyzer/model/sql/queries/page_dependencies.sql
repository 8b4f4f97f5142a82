-- ?2: only those with an end in this domain.
WITH r AS MATERIALIZED (SELECT number AS n FROM release WHERE name = ?1),
f AS MATERIALIZED (SELECT path FROM file, r WHERE since <= n AND (until = 0 OR until >= n) AND domain = (SELECT id FROM text WHERE value = ?2))
SELECT a.value AS from_file, b.value AS to_file, round(sum(CASE WHEN k.value <> 'include' THEN weight ELSE 0 END), 2), sum(observed),
  max(k.value IN ('call', 'indirect')) + 2 * max(k.value IN ('read', 'write', 'address')) + 4 * max(k.value IN ('type', 'field', 'macro'))
    + 8 * max(k.value = 'include')
FROM r JOIN dependency d ON d.since <= r.n AND (d.until = 0 OR d.until >= r.n) JOIN text a ON a.id = d.from_file
JOIN text b ON b.id = d.to_file JOIN text k ON k.id = d.kind
WHERE d.from_file <> d.to_file AND (?2 IS NULL OR d.from_file IN f OR d.to_file IN f)
GROUP BY a.value, b.value ORDER BY a.value, b.value
