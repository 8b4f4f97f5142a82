SELECT ((f.since <= ?1 AND (f.until = 0 OR f.until >= ?1)) + 2 * (f.since <= ?2 AND (f.until = 0 OR f.until >= ?2))) AS sides, ru.value, sv.value, go.value, dm.value, fi.value, su.value, me.value, fg.value, f.line FROM finding f
JOIN text ru ON ru.id = f.rule JOIN text sv ON sv.id = f.severity JOIN text go ON go.id = f.goal LEFT JOIN text dm ON dm.id = f.domain
LEFT JOIN text fi ON fi.id = f.file JOIN text su ON su.id = f.subject JOIN text me ON me.id = f.message
JOIN text fg ON fg.id = f.fingerprint WHERE sides IN (1, 2)
