SELECT function_id, name, file || ':' || line AS "at", domain, signature, cyclomatic, cognitive, code_lines,
  CASE is_reachable WHEN 1 THEN NULL ELSE 'no entry point reaches it' END AS note
FROM functions WHERE release = ?1 AND (name = ?2 OR source_name = ?2) ORDER BY file, line
