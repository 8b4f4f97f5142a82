-- id: C004
-- title: A credential in the code
-- goal: cloud-readiness
-- severity: critical
-- effort: 60
-- since: 0.1.0
-- task: file: Take the credentials out of {file}
-- why: Whoever can read the program or its repository has it, and it cannot be changed without a release.
-- fix: 1. Take it from a file that the platform mounts, or the environment.
--   2. Change it: it is known.
--   3. Remove it from the history, or consider it public.
-- example: none in 62 codebases but for a fuzzer's (see tests/rules/README.md): the case in tests/rules/C004 shows
--   it
SELECT l.file, l.line, l.callee || ' in ' || l.caller AS subject, l.caller || ' gives ' || l.callee
  || ' a credential as a literal' AS message
FROM literals l WHERE l.release = :release AND l.callee IN ('PQconnectdb', 'PQconnectStart', 'SQLDriverConnect',
  'mongoc_uri_new', 'mysql_real_connect', 'mosquitto_username_pw_set', 'redisCommand', 'redisAppendCommand', 'setenv')
  AND l.file IS NOT NULL AND l.text <> '' AND (
  (l.callee IN ('PQconnectdb', 'PQconnectStart', 'SQLDriverConnect', 'mongoc_uri_new')
  AND (l.text LIKE '%password=_%' OR l.text LIKE '%pwd=_%' OR l.text LIKE '%://%:%@%'))
  OR (l.callee = 'mysql_real_connect' AND l.argument = 3) OR (l.callee = 'mosquitto_username_pw_set'
  AND l.argument = 2)
  OR (l.callee IN ('redisCommand', 'redisAppendCommand') AND l.text LIKE 'AUTH _%'
  AND l.text NOT LIKE '%\%%' ESCAPE '\')
  OR (l.callee IN ('setenv') AND l.argument = 1 AND EXISTS (SELECT 1 FROM literals n
  WHERE n.release = :release AND n.caller_id = l.caller_id AND n.callee = 'setenv' AND n.line = l.line
    AND n.argument = 0 AND (n.text LIKE '%PASSWORD%' OR n.text LIKE '%SECRET%' OR n.text LIKE '%TOKEN%'))))
