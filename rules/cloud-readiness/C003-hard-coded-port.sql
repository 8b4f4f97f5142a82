-- id: C003
-- title: A port number in the code
-- goal: cloud-readiness
-- severity: minor
-- effort: 15
-- since: 0.1.0
-- task: file: Take the ports of {file} from the configuration
-- why: Two instances on one machine want the same port; below 1,024 it needs rights that a container should not
--   have.
-- fix: 1. Take it from the environment (PORT) or an option, with this one as default.
-- example: dnsmasq 2.90, src/dhcp6.c:81: dhcp6_init uses port 547
SELECT c.file, c.line, c.caller || ' port ' || c.value AS subject, c.caller || ' uses port '
  || c.value AS message
FROM constants c WHERE c.release = :release AND c.callee = 'htons' AND c.value >= 7
  AND c.value NOT IN (58, 259, 2048, 2054, 34525, 34915, 34916, 34958) -- ICMPv6, a tag of PPPoE, protocols of Ethernet
  AND EXISTS (SELECT 1 FROM call_sites b WHERE b.release = :release AND b.caller_id = c.caller_id
  AND b.callee IN ('bind', 'connect', 'sendto'))
