-- As the view calls, without what needs each caller's and callee's file: there may be a million rows.
SELECT c.caller, c.callee, CASE c.how WHEN 1 THEN 'direct' WHEN 2 THEN 'indirect' ELSE 'observed' END, round(c.confidence, 3), c.sites,
  c.observed, k.value
FROM release r JOIN call c ON c.since <= r.number AND (c.until = 0 OR c.until >= r.number) LEFT JOIN text k ON k.id = c.basis
WHERE r.name = ?1 ORDER BY c.caller, c.callee, c.how
