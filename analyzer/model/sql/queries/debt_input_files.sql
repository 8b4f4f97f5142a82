-- Files with the numbers that debt is computed from, in the order of their paths.
WITH m AS MATERIALIZED (SELECT subject, metric, value FROM metrics WHERE release = ?1 AND scope = 'file')
SELECT f.file, f.domain, f.code_lines,
  max(CASE m.metric WHEN 'cognitive_max' THEN m.value END), max(CASE m.metric WHEN 'cognitive_sum' THEN m.value END),
  max(CASE m.metric WHEN 'cyclomatic_sum' THEN m.value END), max(CASE m.metric WHEN 'principal_hours' THEN m.value END) * 60,
  max(CASE m.metric WHEN 'changes_year' THEN m.value END), max(CASE m.metric WHEN 'fixes_year' THEN m.value END),
  max(CASE m.metric WHEN 'authors' THEN m.value END), max(CASE m.metric WHEN 'lines_changed_year' THEN m.value END),
  max(CASE m.metric WHEN 'changes_across' THEN m.value END), max(CASE m.metric WHEN 'recent_changes' THEN m.value END)
FROM files f LEFT JOIN m ON m.subject = f.file WHERE f.release = ?1 GROUP BY f.file ORDER BY f.file
