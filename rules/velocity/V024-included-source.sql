-- id: V024
-- title: A .c file that another file includes
-- goal: velocity
-- severity: info
-- effort: 60
-- since: 0.1.0
-- task: file: Make a unit of the sources that {file} includes
-- why: What it defines depends on where it is read; tools and people that expect a .c file to be a unit are misled,
--   and building both gives everything twice.
-- fix: 1. Make it a unit: add it to the build and declare what is shared in a header.
--   2. If it is meant to be read several times (a template), name it .inc or .def and say so at its top.
-- example: redis 7.0, src/ae.c:56: src/ae_epoll.c is included as if it were a header
SELECT i.file, i.line, i.included AS subject, i.included || ' is included as if it were a header' AS message
FROM includes i WHERE i.release = :release AND i.included LIKE '%.c' AND NOT i.is_outside AND NOT i.is_missing
  AND i.file NOT IN (SELECT file FROM files WHERE release = :release AND (domain = 'tests' OR domain GLOB 'tests-*'))
