SELECT from_file, to_file, sum(CASE WHEN kind <> 'include' THEN weight ELSE 0 END), sum(observed_weight), max(kind = 'include')
FROM dependencies WHERE release = ?1 GROUP BY 1, 2 ORDER BY 1, 2
