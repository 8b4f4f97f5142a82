-- ?2, ?3: only files from the one to the other.
SELECT function_id, name, file, line, end_line, signature, cyclomatic, cognitive, code_lines, is_static, is_inline, is_reachable,
  is_observed, observed_calls, round(observed_total_ns / 1e6, 3) AS total_ms, is_declared, entry_domain, configurations
FROM functions WHERE release = ?1 AND (?2 IS NULL OR file BETWEEN ?2 AND ?3) ORDER BY file, line, name, function_id
