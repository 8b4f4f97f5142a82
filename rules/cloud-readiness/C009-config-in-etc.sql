-- id: C009
-- title: Configuration that is read from /etc alone
-- goal: cloud-readiness
-- severity: minor
-- effort: 60
-- since: 0.1.0
-- task: file: Let the environment say where {file} finds its configuration
-- why: A file in the image means one image for each place it runs; what differs between places should come from
--   outside (the environment, a mounted file).
-- fix: 1. An option and an environment variable for the path, with this one as default.
--   2. Environment variables for the settings that differ from place to place.
-- example: openssh 9.2, auth-rhosts.c:230: auth_rhosts2 looks for /etc/hosts.equiv, and this file asks the environment
--   for nothing
SELECT l.file, l.line, l.text AS subject, l.caller || CASE WHEN l.callee IN ('stat', 'access') THEN ' looks for ' ELSE ' reads ' END
  || l.text || ', and this file asks the environment for nothing' AS message
FROM literals l WHERE l.release = :release AND l.text LIKE '/etc/%' AND l.file IS NOT NULL
  AND l.callee IN ('open', 'open64', 'fopen', 'fopen64', 'opendir', 'stat', 'access')
  AND l.text NOT IN ('/etc/passwd', '/etc/group', '/etc/hosts', '/etc/resolv.conf', '/etc/localtime',
  '/etc/services', '/etc/mtab', '/etc/nsswitch.conf', '/etc/machine-id', '/etc/shells', '/etc/timezone', '/etc/os-release',
  '/etc/fstab', '/etc/hostname', '/etc/protocols', '/etc/networks', '/etc/ethers', '/etc/shadow', '/etc/gshadow', '/etc/nologin',
  '/etc/securetty', '/etc/rpc', '/etc/adjtime')
  AND NOT EXISTS (SELECT 1 FROM literals g WHERE g.release = :release AND g.file = l.file
  AND g.callee IN ('getenv', 'secure_getenv'))
