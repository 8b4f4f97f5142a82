-- id: V022
-- title: A function with too many parameters
-- goal: velocity
-- severity: minor
-- effort: 45
-- since: 0.1.0
-- task: file: Bundle parameters of {count} function{s} of {file}
-- parameter: min_parameters = 9: parameters, at least
-- why: Callers mix up arguments of one type, and every further wish adds one more.
-- fix: 1. Put what belongs together into a struct that callers fill by name: f(&(struct f_options){.depth = 2})
--   2. Flags become one field of named bits.
-- example: git 2.39, apply.c:2463: match_fragment takes 9 parameters
SELECT file, line, name AS subject, name || ' takes ' || parameters || ' parameters' AS message
FROM functions WHERE release = :release AND parameters >= :min_parameters AND NOT is_alias
