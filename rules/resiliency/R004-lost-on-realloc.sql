-- id: R004
-- title: p = realloc(p, n)
-- goal: resiliency
-- severity: minor
-- effort: 5
-- since: 0.1.0
-- task: file: Keep the old pointer over realloc in {file}
-- why: Where realloc fails it gives NULL and keeps the old block: its only pointer is overwritten, and what was in
--   it is gone.
-- fix: 1. void *bigger = realloc(p, n); if (!bigger) return failure; p = bigger;
-- example: redis 7.0, deps/lua/src/strbuf.c:171: strbuf_resize overwrites the pointer that it gives to realloc
SELECT c.file, c.line, c.caller AS subject, c.caller
  || ' overwrites the pointer that it gives to realloc' AS message
FROM call_sites c WHERE c.release = :release AND c.overwrites_argument
  AND NOT EXISTS (SELECT 1 FROM call_sites e WHERE e.release = :release AND e.caller_id = c.caller_id
  AND e.callee IN ('exit', 'abort', '_exit'))
