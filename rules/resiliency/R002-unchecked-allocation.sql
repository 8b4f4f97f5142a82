-- id: R002
-- title: Memory that is used without asking whether there is any
-- goal: resiliency
-- severity: major
-- effort: 10
-- since: 0.1.0
-- task: file: Check allocations in {file}
-- why: Where malloc fails, the next line writes through NULL: the process dies at a place that says nothing, with
--   whatever it was doing half done.
-- fix: 1. Test the result and pass the failure up, or
--   2. allocate through one function that ends the program with a message (xmalloc).
-- example: openssh 9.2, sftp.c:1015: do_globbed_ls uses what calloc gave without testing it
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' uses what ' || c.callee
  || ' gave without testing it' AS message
FROM call_sites c WHERE c.release = :release AND c.is_untested
  AND c.callee IN ('malloc', 'calloc', 'realloc', 'reallocarray', 'strdup', 'strndup', 'aligned_alloc',
  'memalign', 'asprintf')
  AND c.file NOT IN (SELECT unit FROM units WHERE release = :release AND errors > 0) -- there statements are missing
