-- Reachable in the older, in the newer release: by known calls from an entry point; or from a function whose address is taken, which
-- anyone may call who was given it.
WITH RECURSIVE live_old AS (SELECT f.symbol AS symbol FROM function f WHERE NOT f.is_reachable AND f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)
    AND EXISTS (SELECT 1 FROM use u WHERE u.to_symbol = f.symbol AND u.kind = (SELECT id FROM text WHERE value = 'address') AND u.since <= ?1 AND (u.until = 0 OR u.until >= ?1))
  UNION SELECT c.callee FROM live_old l JOIN call c ON c.caller = l.symbol AND c.since <= ?1 AND (c.until = 0 OR c.until >= ?1)
    JOIN function g ON g.symbol = c.callee AND NOT g.is_reachable AND g.since <= ?1 AND (g.until = 0 OR g.until >= ?1)),
live_new AS (SELECT f.symbol AS symbol FROM function f WHERE NOT f.is_reachable AND f.since <= ?2 AND (f.until = 0 OR f.until >= ?2)
    AND EXISTS (SELECT 1 FROM use u WHERE u.to_symbol = f.symbol AND u.kind = (SELECT id FROM text WHERE value = 'address') AND u.since <= ?2 AND (u.until = 0 OR u.until >= ?2))
  UNION SELECT c.callee FROM live_new l JOIN call c ON c.caller = l.symbol AND c.since <= ?2 AND (c.until = 0 OR c.until >= ?2)
    JOIN function g ON g.symbol = c.callee AND NOT g.is_reachable AND g.since <= ?2 AND (g.until = 0 OR g.until >= ?2))
SELECT f.symbol, s.kind, s.name, sc.value, p.value, ((f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)) + 2 * (f.since <= ?2 AND (f.until = 0 OR f.until >= ?2))) AS sides,
  f.is_reachable OR f.symbol IN (SELECT symbol FROM live_old), f.is_reachable OR f.symbol IN (SELECT symbol FROM live_new),
  coalesce(ed.value = 'common', 0), f.line, f.flags, f.parameters, f.cyclomatic, f.cognitive, f.code_lines, sg.value
FROM function f JOIN symbol s ON s.id = f.symbol JOIN text sc ON sc.id = s.scope JOIN text p ON p.id = f.file
LEFT JOIN text ed ON ed.id = f.entry_domain LEFT JOIN text sg ON sg.id = f.signature WHERE sides <> 0
