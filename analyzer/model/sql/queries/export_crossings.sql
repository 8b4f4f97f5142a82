-- How domains need each other where a finding is about two of them, "DOMAIN -> OTHER", or they are in one circle: of each pair the ten
-- heaviest dependencies between their files, in how many places, the line that shows it (the first direct call there, else the
-- include), and whether both are in one circle.
WITH placed AS MATERIALIZED (SELECT file, domain FROM files WHERE release = ?1),
member AS MATERIALIZED (SELECT cycle, member FROM cycles WHERE release = ?1 AND scope = 'domain'),
wanted AS MATERIALIZED (SELECT DISTINCT subject FROM findings WHERE release = ?1 AND file IS NULL AND subject LIKE '% -> %'
  UNION SELECT a.member || ' -> ' || b.member FROM member a JOIN member b ON b.cycle = a.cycle AND b.member <> a.member),
crossing AS MATERIALIZED (SELECT x.domain AS from_domain, y.domain AS to_domain, d.from_file, d.to_file, sum(d.weight) AS weight
  FROM dependencies d JOIN placed x ON x.file = d.from_file JOIN placed y ON y.file = d.to_file
  WHERE d.release = ?1 AND d.kind NOT IN ('include', 'indirect') AND d.weight > 0 AND x.domain <> y.domain
  AND EXISTS (SELECT 1 FROM wanted)
  GROUP BY d.from_file, d.to_file),
ranked AS MATERIALIZED (SELECT *, row_number() OVER (PARTITION BY from_domain, to_domain ORDER BY weight DESC, from_file, to_file)
  AS rank FROM crossing WHERE from_domain || ' -> ' || to_domain IN (SELECT subject FROM wanted)),
called AS MATERIALIZED (SELECT caller_file, callee_file, min(line) AS line FROM calls
  WHERE release = ?1 AND how = 'direct' AND callee_file IS NOT NULL AND line > 0 AND EXISTS (SELECT 1 FROM wanted)
  GROUP BY caller_file, callee_file),
included AS MATERIALIZED (SELECT file, included, min(line) AS line FROM includes
  WHERE release = ?1 AND EXISTS (SELECT 1 FROM wanted) GROUP BY file, included)
SELECT r.from_domain, r.to_domain, r.rank, coalesce(c.line, i.line, 0), r.from_file, r.to_file, r.weight,
  EXISTS (SELECT 1 FROM member a JOIN member b ON b.cycle = a.cycle WHERE a.member = r.from_domain AND b.member = r.to_domain)
FROM ranked r LEFT JOIN called c ON c.caller_file = r.from_file AND c.callee_file = r.to_file
LEFT JOIN included i ON i.file = r.from_file AND i.included = r.to_file
WHERE r.rank <= 10
ORDER BY r.from_domain, r.to_domain, r.rank
