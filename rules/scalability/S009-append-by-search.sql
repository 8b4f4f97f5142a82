-- id: S009
-- title: strcat in a loop
-- goal: scalability
-- severity: info
-- effort: 15
-- since: 0.1.0
-- task: file: Append without searching in {file}
-- why: Each call walks over all that was appended so far: building a long text this way takes time with the square
--   of its length. It does not know the room either.
-- fix: 1. Keep a pointer to the end: end = stpcpy(end, part), with a check of the room.
--   2. Or a buffer type that knows its length (sds, strbuf, GString, open_memstream).
-- example: rsyslog 8.2302, plugins/mmdblookup/mmdblookup.c:349: str_split calls strncat in a loop, for each character
SELECT c.file, c.line, c.caller AS subject, c.caller || ' calls ' || c.callee || ' in a loop' AS message
FROM call_sites c WHERE c.release = :release AND c.callee IN ('strcat', 'strncat', 'wcscat') AND c.in_loop
  AND NOT EXISTS (SELECT 1 FROM call_sites r WHERE r.release = :release AND r.caller_id = c.caller_id AND r.in_loop
  AND r.callee IN ('strcpy', 'strncpy', 'strlcpy', 'sprintf', 'snprintf', 'memset')) -- begins anew at each turn, maybe
