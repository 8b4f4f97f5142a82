-- id: X013
-- title: A file is asked about by name, then opened by name
-- goal: security
-- severity: info
-- effort: 20
-- since: 0.1.0
-- task: subject: Open first, then ask in {subject}
-- why: Between the question and the opening, somebody may put another file there: what was checked is not what is
--   opened.
-- fix: 1. Open, then fstat the descriptor.
--   2. Instead of access: try, and look at errno.
-- example: git 2.39, builtin/clone.c:899: dissociate_from_references calls access, and opens a file
SELECT c.file, c.line, c.caller AS subject, c.caller || ' calls ' || c.callee || ', and opens a file' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('access', 'eaccess', 'faccessat')
  AND EXISTS (SELECT 1 FROM call_sites o WHERE o.release = :release AND o.caller_id = c.caller_id
  AND o.callee IN ('open', 'open64', 'fopen', 'fopen64', 'creat', 'unlink', 'rename', 'chmod', 'chown'))
