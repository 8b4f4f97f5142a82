-- The releases before and after one, as pairs to be compared.
SELECT b.name, a.name FROM release r JOIN release a ON a.number = r.number
JOIN release b ON b.number = (SELECT max(number) FROM release WHERE number < r.number) WHERE r.name = ?1
UNION ALL SELECT r.name, n.name FROM release r JOIN release n ON n.number = (SELECT min(number) FROM release WHERE number > r.number)
WHERE r.name = ?1
