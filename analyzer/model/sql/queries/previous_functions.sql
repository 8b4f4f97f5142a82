SELECT file, name FROM functions WHERE release = (SELECT name FROM release
  WHERE number = coalesce((SELECT number FROM release WHERE name = ?1),
  (SELECT number FROM release WHERE name = (SELECT value FROM meta WHERE key = 'default release')), (SELECT max(number) FROM release)))
