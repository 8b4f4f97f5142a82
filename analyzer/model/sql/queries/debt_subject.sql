-- What a name is the debt of: a file, a domain or the codebase ('codebase').
SELECT 'file' AS scope, file AS subject FROM files WHERE release = ?1 AND (file = ?2 OR substr(file, -length(?2) - 1) = '/' || ?2)
UNION ALL SELECT 'domain', domain FROM domains WHERE release = ?1 AND domain = ?2
UNION ALL SELECT 'function', file || ':' || name FROM functions WHERE release = ?1 AND (name = ?2 OR file || ':' || name = ?2)
UNION ALL SELECT 'codebase', '' WHERE ?2 = 'codebase'
