WITH m AS MATERIALIZED (SELECT subject, max(CASE metric WHEN 'debt_score' THEN value END) AS debt,
    max(CASE metric WHEN 'cognitive_max' THEN value END) AS cognitive_max, max(CASE metric WHEN 'cyclomatic_sum' THEN value END) AS cyclomatic,
    max(CASE metric WHEN 'fan_in' THEN value END) AS fan_in, max(CASE metric WHEN 'fan_out' THEN value END) AS fan_out,
    max(CASE metric WHEN 'reach' THEN value END) AS reach, max(CASE metric WHEN 'cycle_size' THEN value END) AS cycle_size,
    max(CASE metric WHEN 'changes_year' THEN value END) AS commits
  FROM metrics WHERE release = ?1 AND scope = 'file' GROUP BY subject),
n AS MATERIALIZED (SELECT file, count(*) AS n FROM findings WHERE release = ?1 GROUP BY file)
SELECT f.file, f.domain, f.lines, f.code_lines, f.is_header, round(m.debt, 2) AS debt, m.cognitive_max, m.cyclomatic, m.fan_in, m.fan_out,
  m.reach, m.cycle_size, m.commits, coalesce(n.n, 0) AS findings
FROM files f LEFT JOIN m ON m.subject = f.file LEFT JOIN n ON n.file = f.file WHERE f.release = ?1 ORDER BY f.file
