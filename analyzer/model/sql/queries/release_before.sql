-- The release that was stored before one.
SELECT name FROM release WHERE number < (SELECT number FROM release WHERE name = ?1) ORDER BY number DESC LIMIT 1
