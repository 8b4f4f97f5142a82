-- id: C002
-- title: A network address in the code
-- goal: cloud-readiness
-- severity: major
-- effort: 30
-- since: 0.1.0
-- task: file: Take the addresses of {file} from the configuration
-- why: Where services move, and in a cluster they do all day, a fixed address reaches nobody, or somebody else.
-- fix: 1. A host name from the environment, resolved at each connect.
--   2. Listen on what the configuration says; 0.0.0.0 and [::] by default in a container.
-- example: avahi 0.8, avahi-compat-howl/address.c:119: sw_ipv4_address_init_from_this_host gives inet_addr the
--   address 192.168.1.1 ("Ouch", it says itself)
SELECT l.file, l.line, l.text AS subject, l.caller || ' gives ' || l.callee || ' the address '
  || l.text AS message
FROM literals l WHERE l.release = :release AND l.file IS NOT NULL
  AND ((l.callee IN ('inet_addr', 'inet_aton', 'gethostbyname', 'getaddrinfo', 'redisConnect',
  'mosquitto_connect') AND l.argument = 0) OR (l.callee IN ('inet_pton', 'mosquitto_connect',
  'mysql_real_connect') AND l.argument = 1))
  AND l.text NOT IN ('127.0.0.1', '0.0.0.0', '::1', '::', 'localhost', '', '255.255.255.255')
  AND l.text NOT GLOB '22[4-9].*' AND l.text NOT GLOB '23[0-9].*' AND l.text NOT GLOB '[fF][fF][0-9a-fA-F][0-9a-fA-F]:*'
  AND l.text NOT GLOB '192.0.2.*' AND l.text NOT GLOB '198.51.100.*' AND l.text NOT GLOB '203.0.113.*' -- of documentation
  AND l.text NOT GLOB '2001:[dD][bB]8:*'
  AND (l.text GLOB '*[0-9].[0-9]*.[0-9]*' OR l.text LIKE '%.%' OR l.text LIKE '%::%')
