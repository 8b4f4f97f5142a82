SELECT v.release, v.created_at, v.git_commit, v.units, v.units_failed, v.functions, v.calls, v.observations
FROM releases v JOIN release r ON r.name = v.release WHERE ?1 IS NULL OR v.release = ?1 ORDER BY r.number DESC
