-- id: C011
-- title: The name or the interfaces of the machine are asked for
-- goal: cloud-readiness
-- severity: minor
-- effort: 30
-- since: 0.1.0
-- task: file: Give {file} its name from outside
-- why: In a container the host name is a random one and changes with each start; interfaces are not those that
--   others see.
-- fix: 1. Take the identity from the environment (POD_NAME, HOSTNAME by choice).
--   2. Advertise the address that the configuration gives.
-- example: git 2.39, wrapper.c:731: xgethostname calls gethostname
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls '
  || c.callee AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('gethostname', 'getdomainname', 'gethostid',
  'getifaddrs', 'if_nameindex', 'if_nametoindex')
