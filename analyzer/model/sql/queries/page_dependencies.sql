SELECT from_file, to_file, round(sum(CASE WHEN kind <> 'include' THEN weight ELSE 0 END), 2), sum(observed_weight),
  max(kind IN ('call', 'indirect')) + 2 * max(kind IN ('read', 'write', 'address')) + 4 * max(kind IN ('type', 'field', 'macro'))
    + 8 * max(kind = 'include')
FROM dependencies WHERE release = ?1 AND from_file <> to_file GROUP BY from_file, to_file ORDER BY from_file, to_file
