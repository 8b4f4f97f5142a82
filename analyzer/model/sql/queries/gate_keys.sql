-- What a baseline can accept in a release: fingerprints of findings, keys of tasks.
SELECT fingerprint FROM findings WHERE release = ?1 UNION SELECT task_key FROM tasks WHERE release = ?1 AND status <> 'done'
