-- id: R012
-- title: A number read without asking whether it was one
-- goal: resiliency
-- severity: minor
-- effort: 10
-- since: 0.1.0
-- task: file: Check the numbers that {file} reads
-- why: atoi gives 0 for what is no number and anything for what is too large: a typing error in a setting becomes a
--   value.
-- fix: 1. errno = 0; long n = strtol(text, &end, 10); then test errno, end == text, *end and the range.
--   2. One function for it, with the name of the setting in its message.
-- example: git 2.39, apply.c:4893: apply_option_parse_p calls atoi, which cannot tell what is no number
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls ' || c.callee
  || ', which cannot tell what is no number' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('atoi', 'atol', 'atoll',
  'atof')
