-- Entry points on whose threads calls were seen.
SELECT DISTINCT w.entry FROM release r JOIN flow_call w ON w.since <= r.number AND (w.until = 0 OR w.until >= r.number)
WHERE r.name = ?1 ORDER BY w.entry
