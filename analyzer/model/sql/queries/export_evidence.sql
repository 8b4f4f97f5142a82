-- The first findings of each task, at most ?2 of one. From the table: view task_findings joined with view findings would be the table
-- joined with itself.
SELECT task_key, place, message FROM (SELECT tk.value AS task_key,
  coalesce(fi.value || CASE WHEN f.line > 0 THEN ':' || f.line ELSE '' END, dm.value, '') AS place, me.value AS message,
  row_number() OVER (PARTITION BY f.task ORDER BY fi.value, f.line, fg.value) AS number
  FROM release r JOIN finding f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
  JOIN text tk ON tk.id = f.task LEFT JOIN text fi ON fi.id = f.file LEFT JOIN text dm ON dm.id = f.domain
  LEFT JOIN text me ON me.id = f.message LEFT JOIN text fg ON fg.id = f.fingerprint
  WHERE r.name = ?1)
WHERE number <= CAST(?2 AS INTEGER) ORDER BY task_key, number
