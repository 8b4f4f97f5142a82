-- Findings, the worst first. ?2 goals (JSON: goal -> weight; those of weight 0 or not named are left out), ?3 least severity,
-- ?4 domain, ?5 rule. A finding about a domain names no file: its anchor is the file by which the domain depends most on the other
-- one of its subject "DOMAIN -> OTHER", or on any other domain, and there the first include of that one.
WITH chosen AS MATERIALIZED (SELECT *,
  CASE severity WHEN 'info' THEN 0 WHEN 'minor' THEN 1 WHEN 'major' THEN 2 ELSE 3 END AS rank,
  CASE WHEN file IS NULL AND substr(subject, 1, length(domain) + 4) = domain || ' -> ' THEN substr(subject, length(domain) + 5) END
    AS other
  FROM findings WHERE release = ?1 AND (?4 IS NULL OR domain = ?4) AND (?5 IS NULL OR rule = ?5)),
placed AS MATERIALIZED (SELECT file, domain, code_lines FROM files WHERE release = ?1),
crossing AS MATERIALIZED (SELECT x.domain AS from_domain, y.domain AS to_domain, d.from_file, sum(d.weight) AS weight
  FROM dependencies d JOIN placed x ON x.file = d.from_file JOIN placed y ON y.file = d.to_file
  WHERE d.release = ?1 AND x.domain <> y.domain AND EXISTS (SELECT 1 FROM chosen WHERE file IS NULL)
  GROUP BY 1, 2, 3),
pair AS MATERIALIZED (SELECT from_domain, to_domain, from_file, max(weight) FROM crossing GROUP BY from_domain, to_domain),
any_other AS MATERIALIZED (SELECT from_domain, from_file, max(total) FROM
  (SELECT from_domain, from_file, sum(weight) AS total FROM crossing GROUP BY 1, 2) GROUP BY from_domain),
largest AS MATERIALIZED (SELECT domain, file, max(code_lines) FROM placed GROUP BY domain),
anchored AS (SELECT c.*, CASE WHEN c.file IS NULL THEN coalesce(p.from_file, a.from_file, l.file) END AS anchor
  FROM chosen c LEFT JOIN pair p ON c.file IS NULL AND p.from_domain = c.domain AND p.to_domain = c.other
  LEFT JOIN any_other a ON c.file IS NULL AND a.from_domain = c.domain
  LEFT JOIN largest l ON c.file IS NULL AND l.domain = c.domain)
SELECT rule, rank, goal, domain, file, line, subject, message, effort_minutes, fingerprint, anchor,
  (SELECT min(i.line) FROM includes i JOIN placed y ON y.file = i.included
   WHERE i.release = ?1 AND i.file = anchor AND y.domain = other),
  (SELECT t.task_key FROM task_findings t WHERE t.release = ?1 AND t.finding_id = anchored.finding_id)
FROM anchored
WHERE rank >= CAST(coalesce(?3, 0) AS INTEGER) AND (?2 IS NULL OR coalesce(json_extract(?2, '$."' || goal || '"'), 0) > 0)
ORDER BY rank DESC, rule, file, line, fingerprint
