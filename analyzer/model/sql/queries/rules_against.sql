-- The releases that a name or glob matches, and one more, oldest first.
SELECT name FROM release WHERE name = ?1 OR name GLOB ?1 OR name = ?2 ORDER BY number
