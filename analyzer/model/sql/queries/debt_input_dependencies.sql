SELECT from_file, to_file, kind, weight FROM dependencies WHERE release = ?1 AND weight > 0 ORDER BY from_file, to_file
