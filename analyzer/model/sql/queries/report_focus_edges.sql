WITH f AS MATERIALIZED (SELECT file, domain FROM files WHERE release = ?1)
SELECT CASE WHEN a.domain = ?2 THEN d.from_file ELSE a.domain END, CASE WHEN b.domain = ?2 THEN d.to_file ELSE b.domain END,
  sum(d.weight), 0, group_concat(DISTINCT d.kind)
FROM dependencies d JOIN f a ON a.file = d.from_file JOIN f b ON b.file = d.to_file
WHERE d.release = ?1 AND d.kind <> 'include' AND (a.domain = ?2 OR b.domain = ?2)
GROUP BY 1, 2 ORDER BY 1, 2
