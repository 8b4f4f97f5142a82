SELECT coalesce(f.file || CASE WHEN f.line > 0 THEN ':' || f.line ELSE '' END, f.domain, '') AS place, f.message, f.fingerprint
FROM task_findings tf JOIN findings f ON f.release = tf.release AND f.finding_id = tf.finding_id
WHERE tf.release = ?1 AND tf.task_key = ?2 ORDER BY f.file, f.line, f.fingerprint
