-- id: X014
-- title: A program that PATH chooses
-- goal: security
-- severity: minor
-- effort: 15
-- since: 0.1.0
-- task: file: Name the programs that {file} starts
-- why: Whoever sets PATH decides what runs, with the rights of this process.
-- fix: 1. An absolute path from the build or the configuration.
--   2. Where the user's own programs are meant, and the process has no more rights than the user: accept the
--   finding.
-- example: git 2.39, builtin/help.c:505: show_info_page starts "info", which PATH chooses
SELECT l.file, l.line, l.callee || ' ' || l.text AS subject, l.caller || ' starts "' || l.text
  || '", which PATH chooses' AS message
FROM literals l WHERE l.release = :release AND l.argument = 0 AND l.file IS NOT NULL AND instr(l.text,
  '/') = 0 AND l.text <> '' AND l.callee IN ('execlp', 'execvp', 'execvpe')
