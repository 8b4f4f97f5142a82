SELECT what, seen, total FROM coverage WHERE release = ?1
