SELECT to_file AS file, group_concat(kind, ' ') AS kinds, sum(weight) AS weight, sum(observed_weight) AS observed FROM dependencies WHERE release = ?1 AND from_file = ?2
GROUP BY to_file ORDER BY weight DESC, to_file
