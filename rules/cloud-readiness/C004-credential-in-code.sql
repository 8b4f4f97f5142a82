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
-- example: shairport 1.1.1, common.c:129: super_secret_key holds the private key by which an AirPort Express proves what it is
WITH given(function, argument) AS (VALUES ('mysql_real_connect', 3), ('PQsetdbLogin', 6), ('mosquitto_username_pw_set', 2),
  ('ldap_simple_bind_s', 2), ('SQLConnect', 5), ('PKCS12_parse', 1), ('ssh_userauth_password', 2), ('amqp_login', 7),
  ('cass_cluster_set_credentials', 2), ('sqlite3_key', 1), ('natsOptions_SetUserInfo', 2)),
l AS MATERIALIZED (SELECT * FROM literals WHERE release = :release AND text <> '' AND file IS NOT NULL AND (argument IS NULL
  OR callee IN (SELECT function FROM given) OR callee IN ('PQconnectdb', 'PQconnectStart', 'SQLDriverConnect', 'mongoc_uri_new',
  'redisCommand', 'redisAppendCommand', 'setenv')))
SELECT l.file, l.line, l.callee || ' in ' || l.caller AS subject, l.caller || ' gives ' || l.callee
  || ' a credential as a literal' AS message
FROM l WHERE l.argument IS NOT NULL AND (EXISTS (SELECT 1 FROM given g WHERE g.function = l.callee AND g.argument = l.argument)
  OR (l.callee IN ('PQconnectdb', 'PQconnectStart', 'SQLDriverConnect', 'mongoc_uri_new')
  AND (l.text LIKE '%password=_%' OR l.text LIKE '%pwd=_%' OR l.text LIKE '%://%:%@%') AND l.text NOT LIKE '%\%%' ESCAPE '\')
  OR (l.callee IN ('redisCommand', 'redisAppendCommand') AND l.text LIKE 'AUTH _%'
  AND l.text NOT LIKE '%\%%' ESCAPE '\')
  OR (l.callee IN ('setenv') AND l.argument = 1 AND EXISTS (SELECT 1 FROM literals n
  WHERE n.release = :release AND n.caller_id = l.caller_id AND n.callee = 'setenv' AND n.line = l.line
    AND n.argument = 0 AND (n.text LIKE '%PASSWORD%' OR n.text LIKE '%SECRET%' OR n.text LIKE '%TOKEN%'))))
UNION ALL SELECT l.file, l.line, CASE WHEN l.text LIKE '%-----BEGIN %' THEN 'private key in ' ELSE l.callee || ' in ' END
  || l.caller, CASE WHEN l.text LIKE '%-----BEGIN %' THEN l.caller || ' holds a private key'
  WHEN l.caller = l.callee THEN l.caller || ' holds a credential' ELSE l.callee || ' is a literal, or compared with one, in ' || l.caller END
FROM l WHERE l.argument IS NULL AND (l.text LIKE '%-----BEGIN % PRIVATE KEY-----%' OR (length(l.text) >= 4
  AND l.text GLOB '[a-zA-Z0-9]*' -- "@login" and the like mean something
  AND l.text NOT GLOB '*[ %\/<>*:=@-]*' -- a message, format, path, header, option, address (of anonymous FTP)
  AND lower(l.text) NOT LIKE '%passw%' AND lower(l.text) NOT LIKE '%secret%' AND lower(l.text) NOT LIKE '%key%' -- its name
  AND lower(l.text) NOT LIKE '%token%' AND lower(l.text) NOT IN ('none', 'null', 'anonymous', 'prompt', 'true', 'false', 'stdin',
  'default', 'unknown', 'hidden', 'shadow', 'changed', 'ignore', 'optional', 'required')))
