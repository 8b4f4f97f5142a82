SELECT kind, name, operations, functions, static_sites AS "in source", observed FROM flow_resources
WHERE release = ?1 AND entry_id = CAST(?2 AS INTEGER) ORDER BY kind, name
