-- Tasks of a release that is being judged, as they were before: its own where it is derived anew, else those of the release
-- before it, whose rows are still open.
SELECT k.value, s.value, ti.value, g.value, d.value, ru.value, w.value, st.value
FROM release this
JOIN task t ON t.since <= this.number AND (t.until = 0 OR t.until >= this.number)
JOIN text k ON k.id = t.task_key
JOIN text s ON s.id = t.status
JOIN text ti ON ti.id = t.title
JOIN text g ON g.id = t.goal
JOIN text ru ON ru.id = t.rule
JOIN text w ON w.id = t.why
JOIN text st ON st.id = t.steps
LEFT JOIN text d ON d.id = t.domain
WHERE this.name = ?1
ORDER BY k.value
