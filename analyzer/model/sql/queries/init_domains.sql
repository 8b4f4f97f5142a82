SELECT domain, file FROM files WHERE release = ?1 ORDER BY domain, file
