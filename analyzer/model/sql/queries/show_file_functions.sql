SELECT name, line, is_static, cyclomatic, cognitive, code_lines FROM functions WHERE release = ?1 AND file = ?2 ORDER BY line
