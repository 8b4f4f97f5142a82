-- Dependencies of files, as page_dependencies.sql weighs them, that one of the releases has not, or of another weight.
WITH d AS MATERIALIZED (SELECT r.name AS release, d.from_file, d.to_file, sum(d.weight) AS weight
  FROM release r JOIN dependency d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number) JOIN text k ON k.id = d.kind
  WHERE r.name IN (?1, ?2) AND k.value <> 'include' AND d.from_file <> d.to_file GROUP BY r.number, d.from_file, d.to_file),
both AS (SELECT from_file, to_file, max(CASE release WHEN ?2 THEN weight END) AS old_weight, max(CASE release WHEN ?1 THEN weight END) AS new_weight
  FROM d GROUP BY from_file, to_file)
SELECT a.value AS "from", b.value AS "to", round(old_weight, 2) AS old_weight, round(new_weight, 2) AS new_weight
FROM both JOIN text a ON a.id = from_file JOIN text b ON b.id = to_file
WHERE old_weight IS NULL OR new_weight IS NULL OR abs(old_weight - new_weight) > 0.005 ORDER BY a.value, b.value
