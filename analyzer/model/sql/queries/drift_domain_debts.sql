-- Debt of the structure of each release's domains: the older's, the newer's.
SELECT su.value, CASE WHEN m.since <= ?1 AND (m.until = 0 OR m.until >= ?1) THEN m.value END, CASE WHEN m.since <= ?2 AND (m.until = 0 OR m.until >= ?2) THEN m.value END
FROM score m JOIN text su ON su.id = m.subject
WHERE m.scope = (SELECT id FROM text WHERE value = 'domain') AND m.metric = (SELECT id FROM text WHERE value = 'debt_structure')
