-- Tasks of a release that is being judged, as they were before: its own where it is derived anew, else those of the release
-- before it, whose rows are still open.
SELECT k.value, s.value, ti.value, g.value, d.value, ru.value, w.value, st.value
FROM release this
JOIN task t ON t.since <= this.number AND (t.until = 0 OR t.until >= this.number)
LEFT JOIN text k ON k.id = t.task_key
LEFT JOIN text s ON s.id = t.status
LEFT JOIN text ti ON ti.id = t.title
LEFT JOIN text g ON g.id = t.goal
LEFT JOIN text ru ON ru.id = t.rule
LEFT JOIN text w ON w.id = t.why
LEFT JOIN text st ON st.id = t.steps
LEFT JOIN text d ON d.id = t.domain
WHERE this.name = ?1
ORDER BY k.value
