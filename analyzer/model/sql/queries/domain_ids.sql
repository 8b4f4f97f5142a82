SELECT n.value, i.value FROM (SELECT coalesce((SELECT number FROM release WHERE name = ?1),
  (SELECT number FROM release WHERE name = (SELECT value FROM meta WHERE key = 'default release')), (SELECT max(number) FROM release)) AS number) r
JOIN domain_tree d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text n ON n.id = d.domain JOIN text i ON i.id = d.domain_id ORDER BY 1
