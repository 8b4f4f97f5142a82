SELECT domain FROM functions WHERE release = ?1 AND function_id = CAST(?2 AS INTEGER)
