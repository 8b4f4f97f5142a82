-- id: V020
-- title: A function that works on another file's things
-- goal: velocity
-- severity: minor
-- effort: 30
-- since: 0.1.0
-- task: subject: Move {subject} to the file whose things it works on
-- parameter: min_calls = 5: different functions of the other file, at least
-- parameter: max_users = 3: files that use such a function, at most: others are the interface of their file
-- parameter: min_percent = 60: share of all functions it calls, in percent
-- why: Each change of what it works on is a change here, in another file; and whoever looks for code about those
--   things does not find it there.
-- fix: 1. Move it to the file that it uses.
--   2. Give that file what it needs of this one as arguments.
-- example: git 2.39, revision.c:1189: cherry_pick_list calls 5 functions of patch-ids.c that hardly anyone else uses,
--   and none of its own file
WITH f AS MATERIALIZED (SELECT f.function_id, f.file, f.line, f.name
  FROM call_counts n CROSS JOIN functions f ON f.release = :release AND f.function_id = n.function_id
  WHERE n.release = :release AND n.callees >= :min_calls AND n.callees_at_home = 0 AND f.is_static),
d AS MATERIALIZED (SELECT c.caller_id, c.callee_id, c.callee_file
  FROM f CROSS JOIN calls c ON c.release = :release AND c.caller_id = f.function_id AND c.how = 'direct'
  AND c.callee_file NOT LIKE '%.h'),
t AS MATERIALIZED (SELECT caller_id, count(*) AS total FROM d GROUP BY caller_id HAVING count(*) >= :min_calls),
c AS MATERIALIZED (SELECT d.caller_id, d.callee_file, count(*) AS n
  FROM d CROSS JOIN call_counts n ON n.release = :release AND n.function_id = d.callee_id
  WHERE n.caller_files <= :max_users
  GROUP BY d.caller_id, d.callee_file HAVING count(*) >= :min_calls)
SELECT f.file, f.line, f.name AS subject, f.name || ' calls ' || c.n || ' functions of ' || c.callee_file
  || ' that hardly anyone else uses, and none of its own file' AS message
FROM c JOIN t ON t.caller_id = c.caller_id JOIN f ON f.function_id = c.caller_id
WHERE 100 * c.n >= :min_percent * t.total AND NOT EXISTS (SELECT 1 FROM uses u
  WHERE u.release = :release AND u.to_id = f.function_id AND u.kind = 'address')
