SELECT from_name AS name, from_file AS file, kind, sites, line FROM uses WHERE release = ?1 AND to_id = CAST(?2 AS INTEGER)
ORDER BY kind, from_name, from_file
