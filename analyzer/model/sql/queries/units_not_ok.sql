SELECT count(*) FROM units WHERE release = ?1 AND status <> 'ok'
