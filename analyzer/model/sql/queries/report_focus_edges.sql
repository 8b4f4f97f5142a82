WITH f AS MATERIALIZED (SELECT file, is_header, domain, rtrim(file, replace(file, '.', '')) AS stem
  FROM files WHERE release = ?1),
boxes AS MATERIALIZED (SELECT f.file, f.domain, CASE WHEN f.domain <> ?2 THEN f.domain
    ELSE first_value(f.file) OVER (PARTITION BY f.domain, f.stem ORDER BY f.is_header, f.file) END AS box
  FROM f)
SELECT a.box, b.box, sum(d.weight), 0, group_concat(DISTINCT d.kind), sum(d.observed_weight)
FROM dependencies d JOIN boxes a ON a.file = d.from_file JOIN boxes b ON b.file = d.to_file
WHERE d.release = ?1 AND d.kind <> 'include' AND (a.domain = ?2 OR b.domain = ?2) AND a.box <> b.box
GROUP BY 1, 2 ORDER BY 1, 2
