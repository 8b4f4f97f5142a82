-- id: S006
-- title: A file whose work hangs on global variables
-- goal: scalability
-- severity: minor
-- effort: 480
-- since: 0.1.0
-- task: file: Gather the global state of {file}
-- parameter: min_variables = 15: variables, at least
-- why: Two threads, or two users in one process, cannot be in this file at the same time. Whoever wants to serve in
--   parallel must begin here.
-- fix: 1. Put the variables into one struct.
--   2. Pass a pointer to it as first parameter; begin at the entry points and follow the compiler's errors.
--   3. What is set once at start may stay: make it const behind a function.
-- example: git 2.39, builtin/blame.c:49: 22 variables of static storage are changed by functions: longest_file,
--   longest_author, max_orig_digits ...
WITH v AS MATERIALIZED (SELECT variable_id, name, file, line FROM variables
  WHERE release = :release AND is_mutable AND NOT is_thread_local),
f AS MATERIALIZED (SELECT file FROM v GROUP BY file HAVING count(*) >= :min_variables)
SELECT v.file, min(v.line) AS line, v.file AS subject, count(*)
  || ' variables of static storage are changed by functions: ' || group_concat(v.name,
  ', ') FILTER (WHERE v.rank <= 3) || ' ...' AS message
FROM (SELECT v.*, row_number() OVER (PARTITION BY v.file ORDER BY v.line, v.name) AS rank FROM v
  WHERE v.file IN (SELECT file FROM f) AND EXISTS (SELECT 1 FROM uses u WHERE u.release = :release AND u.to_id = v.variable_id
  AND u.kind = 'write' AND u.from_id IS NOT NULL)) v
GROUP BY v.file HAVING count(*) >= :min_variables
