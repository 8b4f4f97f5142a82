-- id: X008
-- title: A temporary name that others can guess
-- goal: security
-- severity: major
-- effort: 15
-- since: 0.1.0
-- task: file: Make temporary files safely in {file}
-- why: Between the choice of the name and the opening somebody else may put a link there, and the program writes
--   where it leads.
-- fix: 1. mkstemp, mkdtemp, or open with O_TMPFILE.
--   2. tmpfile where no name is needed.
-- example: openssh 9.2, regress/netcat.c:332: main calls mktemp
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls '
  || c.callee AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('mktemp', 'tmpnam', 'tmpnam_r',
  'tempnam')
