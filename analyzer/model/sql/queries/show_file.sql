SELECT file AS id, file, domain, lines, code_lines FROM files
WHERE release = ?1 AND (file = ?2 OR (instr(?2, '.') AND substr(file, -length(?2) - 1) = '/' || ?2)) ORDER BY file
