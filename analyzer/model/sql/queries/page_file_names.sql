-- Files in the order of the table files.
SELECT file, domain, lines FROM files WHERE release = ?1 ORDER BY file
