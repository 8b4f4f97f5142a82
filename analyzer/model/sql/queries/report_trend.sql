-- The releases in the order of what they hold: by date, then as they were stored.
SELECT v.release, substr(v.created_at, 1, 10),
  (SELECT sum(code_lines) FROM files f WHERE f.release = v.release),
  (SELECT count(*) FROM domains d WHERE d.release = v.release),
  (SELECT value FROM metrics m WHERE m.release = v.release AND scope = 'codebase' AND metric = 'debt_score'),
  (SELECT value FROM metrics m WHERE m.release = v.release AND scope = 'codebase' AND metric = 'cycle_groups'),
  (SELECT value FROM metrics m WHERE m.release = v.release AND scope = 'codebase' AND metric = 'largest_cycle')
FROM releases v JOIN release r ON r.name = v.release WHERE ?1 IS NULL OR v.release GLOB ?1
ORDER BY v.created_at, r.number
