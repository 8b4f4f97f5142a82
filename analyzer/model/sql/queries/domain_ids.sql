SELECT n.value, i.value FROM release r JOIN domain_tree d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text n ON n.id = d.domain JOIN text i ON i.id = d.domain_id WHERE r.name = ?1 ORDER BY 1
