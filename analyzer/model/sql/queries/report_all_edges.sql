SELECT from_file, to_file, sum(weight), 0, group_concat(DISTINCT kind), sum(observed_weight)
FROM dependencies WHERE release = ?1 AND kind <> 'include' GROUP BY 1, 2 ORDER BY 1, 2
