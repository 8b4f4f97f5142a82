-- The first findings of each task, at most ?2 of one.
SELECT task_key, place, message FROM (SELECT tf.task_key,
  coalesce(f.file || CASE WHEN f.line > 0 THEN ':' || f.line ELSE '' END, f.domain, '') AS place, f.message,
  row_number() OVER (PARTITION BY tf.task_key ORDER BY f.file, f.line, f.fingerprint) AS number
  FROM task_findings tf JOIN findings f ON f.release = tf.release AND f.finding_id = tf.finding_id
  WHERE tf.release = ?1)
WHERE number <= CAST(?2 AS INTEGER) ORDER BY task_key, number
