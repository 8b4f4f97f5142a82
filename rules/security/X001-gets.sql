-- id: X001
-- title: gets
-- goal: security
-- severity: critical
-- effort: 10
-- since: 0.1.0
-- task: codebase: Replace gets
-- why: It writes what comes, however long it is: every use is a hole (removed in C11).
-- fix: 1. fgets(line, sizeof line, stdin), and look whether the newline came; or getline.
-- example: fingerd of 4.3BSD read its request with gets; the worm of November 1988 came in that way
SELECT c.file, c.line, c.caller AS subject, c.caller || ' calls gets' AS message FROM call_sites c
  WHERE c.release = :release AND c.callee IN ('gets', '_IO_gets')
