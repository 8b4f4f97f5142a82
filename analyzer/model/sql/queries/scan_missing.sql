SELECT line FROM (
SELECT 1 AS k, '' AS u, printf('%d line%s of %d %s left out by #if in every configuration seen', total - seen,
 iif(total - seen = 1, '', 's'), total, iif(total - seen = 1, 'is', 'are')) AS line FROM coverage
WHERE release = ?1 AND what = 'lines compiled in some configuration' AND seen < total
UNION ALL SELECT 2, unit, unit || ': ' || status || ': ' || reason FROM (SELECT * FROM units WHERE release = ?1 AND status <> 'ok'
 ORDER BY status, unit LIMIT 5)
UNION ALL SELECT 3, '', printf('... and %d more: sightline query "SELECT unit, reason FROM units WHERE status <> ''ok''"', count(*) - 5)
 FROM units WHERE release = ?1 AND status <> 'ok' HAVING count(*) > 5
) ORDER BY k, u
