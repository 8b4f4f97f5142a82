-- id: S008
-- title: strlen as the condition of a loop
-- goal: scalability
-- severity: minor
-- effort: 5
-- since: 0.1.0
-- task: file: Take strlen out of the loop conditions of {file}
-- why: The string is measured at every turn: work grows with the square of its length, unless the compiler can
--   prove that the loop does not change it.
-- fix: 1. size_t length = strlen(s); before the loop, or
--   2. for (; *s; s++): stop at the terminator.
-- example: dnsmasq 2.90, src/dhcp.c:919: dhcp_read_ethers calls strlen at every turn of a loop
SELECT c.file, c.line, c.caller AS subject, c.caller || ' calls ' || c.callee
  || ' at every turn of a loop' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('strlen', 'wcslen') AND c.in_loop_condition
