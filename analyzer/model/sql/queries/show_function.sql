SELECT function_id, name, file || ':' || line AS "at", domain, signature, cyclomatic, cognitive, code_lines,
  nullif(observed_calls, 0) AS observed, nullif(round(observed_total_ns / 1e6, 3), 0) AS total_ms, nullif(round(observed_self_ns / 1e6, 3), 0) AS self_ms,
  CASE WHEN is_reachable THEN NULL WHEN is_observed THEN 'no entry point reaches it by known calls, but it ran'
    ELSE 'no entry point reaches it' END AS note
FROM functions WHERE release = ?1 AND (name = ?2 OR source_name = ?2) ORDER BY file, line
