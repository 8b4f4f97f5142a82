SELECT iif(held_id = CAST(?2 AS INTEGER), 'held while taking', 'taken while holding') AS how,
  iif(held_id = CAST(?2 AS INTEGER), taken, held) AS lock, function, observed_count AS times
FROM lock_orders WHERE release = ?1 AND (held_id = CAST(?2 AS INTEGER) OR taken_id = CAST(?2 AS INTEGER)) ORDER BY how, times DESC, lock, function
