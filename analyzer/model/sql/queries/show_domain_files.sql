SELECT f.file, f.code_lines, m.value AS debt FROM files f LEFT JOIN metrics m ON m.release = f.release AND m.scope = 'file' AND
m.metric = 'debt_score' AND m.subject = f.file WHERE f.release = ?1 AND f.domain = ?2 ORDER BY debt DESC, f.file
