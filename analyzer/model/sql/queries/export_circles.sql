-- Which file of a circle needs which other one of it, and the line that shows it: its first direct call there, else the include.
WITH stems AS MATERIALIZED (SELECT DISTINCT member FROM cycles WHERE release = ?1 AND scope = 'file'),
needs AS MATERIALIZED (SELECT from_file, to_file FROM dependencies
  WHERE release = ?1 AND kind NOT IN ('include', 'indirect') AND weight > 0 AND from_file <> to_file AND EXISTS (SELECT 1 FROM stems)
  GROUP BY from_file, to_file),
called AS MATERIALIZED (SELECT caller_file, callee_file, min(line) AS line FROM calls
  WHERE release = ?1 AND how = 'direct' AND callee_file IS NOT NULL AND line > 0 AND EXISTS (SELECT 1 FROM stems)
  GROUP BY caller_file, callee_file),
included AS MATERIALIZED (SELECT file, included, min(line) AS line FROM includes
  WHERE release = ?1 AND EXISTS (SELECT 1 FROM stems) GROUP BY file, included)
SELECT n.from_file, n.to_file, coalesce(c.line, i.line, 0)
FROM needs n LEFT JOIN called c ON c.caller_file = n.from_file AND c.callee_file = n.to_file
LEFT JOIN included i ON i.file = n.from_file AND i.included = n.to_file
ORDER BY n.from_file, n.to_file
