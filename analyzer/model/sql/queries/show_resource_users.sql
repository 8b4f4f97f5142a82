SELECT u.function, f.file, u.line, f.domain, u.operation, u.static_sites AS "in source", u.observed_count AS times, u.observed_errors AS errors,
  u.observed_bytes AS "bytes (locks: waits)", round(u.observed_ns / 1e6, 3) AS ms
FROM resource_uses u LEFT JOIN functions f ON f.release = u.release AND f.function_id = u.function_id
WHERE u.release = ?1 AND u.resource_id = CAST(?2 AS INTEGER) ORDER BY times DESC, u.function, u.operation
