SELECT f.symbol, s.kind, s.name, sc.value, p.value, ((f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)) + 2 * (f.since <= ?2 AND (f.until = 0 OR f.until >= ?2))) AS sides, f.is_reachable,
  coalesce(ed.value = 'common', 0), f.line, f.flags, f.parameters, f.cyclomatic, f.cognitive, f.code_lines, sg.value
FROM function f JOIN symbol s ON s.id = f.symbol JOIN text sc ON sc.id = s.scope JOIN text p ON p.id = f.file
LEFT JOIN text ed ON ed.id = f.entry_domain LEFT JOIN text sg ON sg.id = f.signature WHERE sides <> 0
