SELECT kind, name, operation, line, static_sites AS "in source", observed_count AS times, observed_errors AS errors, observed_bytes AS "bytes (locks: waits)",
  round(observed_ns / 1e6, 3) AS ms
FROM resource_uses WHERE release = ?1 AND function_id = CAST(?2 AS INTEGER) ORDER BY kind, times DESC, name, operation
