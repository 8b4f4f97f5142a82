-- id: X011
-- title: Random numbers that can be guessed
-- goal: security
-- severity: info
-- effort: 30
-- since: 0.1.0
-- task: file: Look at the random numbers of {file}
-- why: rand and random are a formula: whoever sees some of the numbers, or knows when the program started, knows
--   the rest. For keys, tokens, ids and nonces that is a hole; for jitter and tests it is not.
-- fix: 1. getrandom or getentropy for whatever others must not guess.
--   2. For jitter and sampling: leave it, and accept the finding.
-- example: git 2.39, lockfile.c:136: lock_file_timeout calls rand
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls '
  || c.callee AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('rand', 'random', 'drand48', 'lrand48',
  'mrand48', 'rand_r')
