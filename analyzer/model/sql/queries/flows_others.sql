SELECT printf('%d entry points of kind %s (called by code that is not seen; they reach %d to %d functions): sightline flows NAME for one', count(*), kind,
  min(reaches), max(reaches)) FROM entry_points WHERE release = ?1 AND kind IN ('callback', 'export') GROUP BY kind ORDER BY kind
