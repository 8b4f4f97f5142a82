-- id: X006
-- title: A command line built for the shell
-- goal: security
-- severity: major
-- effort: 60
-- since: 0.1.0
-- task: subject: Start programs without a shell: {subject}
-- why: The shell reads whatever was put into the line: a file name with a semicolon in it runs as a command.
-- fix: 1. posix_spawnp or fork and execvp with an array of arguments: no shell, no quoting.
--   2. Where a shell must be (a command that the user configured): pass values as "$1", not in the text.
-- example: redis 7.0, deps/lua/src/loslib.c:39: os_execute gives system a command line that it was given
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || CASE WHEN c.builds
  THEN ' builds a command line and gives it to ' || c.callee ELSE ' gives ' || c.callee
  || ' a command line that it was given' END AS message, CASE WHEN c.builds THEN 'major' ELSE 'minor' END AS severity
FROM (SELECT c.*, EXISTS (SELECT 1 FROM literals b WHERE b.release = :release AND b.caller_id = c.caller_id
  AND b.callee IN ('sprintf', 'snprintf', 'asprintf') AND b.text GLOB '*%*s*') OR EXISTS (SELECT 1 FROM call_sites b
  WHERE b.release = :release AND b.caller_id = c.caller_id AND b.callee IN ('strcat', 'strncat', 'strlcat')) AS builds
  FROM call_sites c WHERE c.release = :release AND c.callee IN ('system', 'popen')) c
WHERE NOT EXISTS (SELECT 1 FROM literals l WHERE l.release = :release AND l.caller_id = c.caller_id
  AND l.callee = c.callee AND l.argument = 0)
