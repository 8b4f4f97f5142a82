-- Domains in the order of the table domains.
SELECT domain FROM domains WHERE release = ?1 ORDER BY domain
