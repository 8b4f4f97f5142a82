-- Reachable in the older, in the newer release: by known calls from an entry point; or from a function whose address is taken, which
-- anyone may call who was given it. Only those that no entry point reaches are walked: all calls are many.
WITH RECURSIVE dead_old AS MATERIALIZED (SELECT f.symbol FROM function f WHERE NOT f.is_reachable AND f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)),
dead_call_old AS MATERIALIZED (SELECT c.caller, c.callee FROM dead_old d JOIN call c ON c.caller = d.symbol AND c.since <= ?1 AND (c.until = 0 OR c.until >= ?1)
    WHERE c.callee IN (SELECT symbol FROM dead_old)),
live_old AS (SELECT d.symbol FROM dead_old d WHERE EXISTS (SELECT 1 FROM use u WHERE u.to_symbol = d.symbol
    AND u.kind = (SELECT id FROM text WHERE value = 'address') AND u.since <= ?1 AND (u.until = 0 OR u.until >= ?1))
  UNION SELECT c.callee FROM live_old l JOIN dead_call_old c ON c.caller = l.symbol),
dead_new AS MATERIALIZED (SELECT f.symbol FROM function f WHERE NOT f.is_reachable AND f.since <= ?2 AND (f.until = 0 OR f.until >= ?2)),
dead_call_new AS MATERIALIZED (SELECT c.caller, c.callee FROM dead_new d JOIN call c ON c.caller = d.symbol AND c.since <= ?2 AND (c.until = 0 OR c.until >= ?2)
    WHERE c.callee IN (SELECT symbol FROM dead_new)),
live_new AS (SELECT d.symbol FROM dead_new d WHERE EXISTS (SELECT 1 FROM use u WHERE u.to_symbol = d.symbol
    AND u.kind = (SELECT id FROM text WHERE value = 'address') AND u.since <= ?2 AND (u.until = 0 OR u.until >= ?2))
  UNION SELECT c.callee FROM live_new l JOIN dead_call_new c ON c.caller = l.symbol)
SELECT f.symbol, s.kind, s.name, sc.value, p.value, ((f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)) + 2 * (f.since <= ?2 AND (f.until = 0 OR f.until >= ?2))) AS sides,
  f.is_reachable OR f.symbol IN (SELECT symbol FROM live_old), f.is_reachable OR f.symbol IN (SELECT symbol FROM live_new),
  coalesce(ed.value = 'common', 0), f.line, f.flags, f.parameters, f.cyclomatic, f.cognitive, f.code_lines, sg.value
FROM function f JOIN symbol s ON s.id = f.symbol JOIN text sc ON sc.id = s.scope JOIN text p ON p.id = f.file
LEFT JOIN text ed ON ed.id = f.entry_domain LEFT JOIN text sg ON sg.id = f.signature WHERE sides <> 0
