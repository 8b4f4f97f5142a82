SELECT 1 FROM compared c JOIN release a ON a.number = c.from_release JOIN release b ON b.number = c.to_release
WHERE a.name = ?1 AND b.name = ?2
