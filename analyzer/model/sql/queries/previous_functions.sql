SELECT file, name FROM functions WHERE release = ?1
