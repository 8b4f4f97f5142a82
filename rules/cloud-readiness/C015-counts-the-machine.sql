-- id: C015
-- title: The whole machine is counted
-- goal: cloud-readiness
-- severity: minor
-- effort: 30
-- since: 0.1.0
-- task: file: Respect limits in {file}
-- why: In a container with half a processor this says 64, and 64 threads or half the machine's memory follow:
--   throttled, or killed.
-- fix: 1. A setting for the number of workers.
--   2. As default sched_getaffinity, and cpu.max and memory.max of the own cgroup.
-- example: git 2.39, thread-utils.c:60: online_cpus asks how many processors the machine has, not how much the process
--   may use
SELECT c.file, c.line, c.caller || ' asks '
  || CASE c.value WHEN 85 THEN 'memory' ELSE 'processors' END AS subject,
  c.caller || ' asks how ' || CASE c.value WHEN 85 THEN 'much memory' ELSE 'many processors' END
  || ' the machine has, not how much the process may use' AS message
FROM constants c WHERE c.release = :release AND c.callee = 'sysconf' AND c.argument = 0 AND c.value IN (83,
  84, 85)
UNION ALL SELECT s.file, s.line, s.caller || ' asks processors', s.caller || ' calls ' || s.callee
  || ', which knows no limits of the process' FROM call_sites s
WHERE s.release = :release AND s.callee IN ('get_nprocs', 'get_nprocs_conf', 'get_phys_pages')
