SELECT u.resource_id AS id, u.function_id, u.function, f.file, f.domain, u.operation, u.static_sites AS sites, u.observed_count AS observed,
  u.observed_errors AS errors, u.observed_bytes AS bytes, u.line
FROM resource_uses u LEFT JOIN functions f ON f.release = u.release AND f.function_id = u.function_id
WHERE u.release = ?1 ORDER BY u.resource_id, f.domain, u.function, u.operation
