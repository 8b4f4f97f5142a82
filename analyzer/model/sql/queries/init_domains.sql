-- The topmost folders that hold files of one domain only (ending in "/"), and the files that lie in none of them.
-- A glob without a slash matches in every folder and the first match wins: domains with files at the top come last, so that
-- files below of the same name are already taken.
WITH RECURSIVE above(domain, file, folder, rest) AS (
  SELECT domain, file, '', file FROM files WHERE release = ?1
  UNION ALL
  SELECT domain, file, folder || substr(rest, 1, instr(rest, '/')), substr(rest, instr(rest, '/') + 1) FROM above
  WHERE instr(rest, '/')
),
pure AS MATERIALIZED (
  SELECT folder FROM above WHERE folder != '' GROUP BY folder HAVING count(DISTINCT domain) = 1 AND count(*) > 1
),
topmost AS MATERIALIZED (
  SELECT file, folder, min(length(folder)) FROM above JOIN pure USING (folder) GROUP BY file
),
said AS (
  SELECT DISTINCT f.domain, coalesce(t.folder, f.file) AS path FROM files f LEFT JOIN topmost t USING (file) WHERE f.release = ?1
)
SELECT domain, path FROM said ORDER BY max(instr(path, '/') = 0) OVER (PARTITION BY domain), domain, path
