SELECT from_file AS file, group_concat(kind, ' ') AS kinds, sum(weight) AS weight, sum(observed_weight) AS observed FROM dependencies WHERE release = ?1 AND to_file = ?2
GROUP BY from_file ORDER BY weight DESC, from_file
