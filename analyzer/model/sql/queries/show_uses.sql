SELECT to_name AS name, kind, sites, line FROM uses WHERE release = ?1 AND from_id = CAST(?2 AS INTEGER) ORDER BY kind, to_name
