-- A glob without a slash matches in every folder and the first match wins: domains with files at the top come last, so that
-- files below of the same name are already taken.
SELECT domain, file FROM files WHERE release = ?1
ORDER BY max(instr(file, '/') = 0) OVER (PARTITION BY domain), domain, file
