/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each debt metric means, and the SQL over the public views that computes it again. A test runs every statement
 * on a scanned codebase and compares; `sightline debt --explain` prints them. */
#include <stdlib.h>
#include <string.h>

#include "analysis/debt_sql.h"
#include "base/mem.h"

#define BANDS "high above 0.66, medium, low below 0.33"
/* Resources in one domain alone / resources of the domain, by one column of resource_uses. */
#define EXCLUSIVE_RESOURCES(column, condition) \
	"WITH u AS MATERIALIZED (SELECT DISTINCT u.resource_id r, f.domain d FROM resource_uses u JOIN functions f ON f.release = " \
	"u.release AND f.function_id = u.function_id WHERE u.release = :release AND u." column " > 0" condition ") SELECT avg((SELECT " \
	"count(*) FROM u o WHERE o.r = u.r) = 1) FROM u WHERE d = :subject"
/* u: ids that the source of other domains calls by name or uses. */
#define OUTSIDE_USES \
	"WITH u AS MATERIALIZED (SELECT c.callee_id id FROM calls c JOIN files k ON k.release = c.release AND k.file = c.caller_file WHERE " \
	"c.release = :release AND c.how = 'direct' AND k.domain <> :subject UNION SELECT x.to_id FROM uses x JOIN files k ON k.release = " \
	"x.release AND k.file = x.from_file WHERE x.release = :release AND k.domain <> :subject) "

const struct debt_formula DEBT_MEASURED[] = {
	{"fan_in", "file", "Files that depend on this one", "distinct files with a symbol dependency on it", "Henry & Kafura 1981",
	 "low, unless the file is meant to be common",
	 EDGES "SELECT count(*) FROM e WHERE b = :subject", NULL},
	{"fan_out", "file", "Files that this one depends on", "distinct files it has a symbol dependency on", "Henry & Kafura 1981",
	 "under 20",
	 EDGES "SELECT count(*) FROM e WHERE a = :subject", NULL},
	{"reach", "file", "Files that a change may touch, seen from here", "files reached over dependencies, itself included "
	 "(DependsOn)", "Lakos 1996", "small",
	 "WITH RECURSIVE e AS MATERIALIZED (SELECT DISTINCT from_file a, to_file b FROM dependencies WHERE release = :release "
	 "AND kind NOT IN ('include', 'indirect')), r(f) AS (SELECT :subject UNION SELECT e.b FROM e JOIN r ON e.a = r.f) SELECT count(*) FROM r", NULL},
	{"cycle_size", "file", "Size of the dependency cycle it is in", "files that it reaches and that reach it; 0 where only "
	 "itself", "Tarjan 1972", "0",
	 "WITH RECURSIVE e AS MATERIALIZED (SELECT DISTINCT from_file a, to_file b FROM dependencies WHERE release = :release "
	 "AND kind NOT IN ('include', 'indirect')), down(f) AS (SELECT :subject UNION SELECT e.b FROM e JOIN down ON e.a = down.f), up(f) AS "
	 "(SELECT :subject UNION SELECT e.a FROM e JOIN up ON e.b = up.f), both AS (SELECT count(*) n FROM down WHERE f IN up) "
	 "SELECT CASE WHEN n > 1 THEN n ELSE 0 END FROM both", NULL},
	{"cognitive_max", "file", "Its hardest function to read", "largest cognitive complexity of its functions", "Campbell 2018, "
	 "SonarSource", "under 15",
	 "SELECT coalesce(max(cognitive), 0) FROM functions WHERE release = :release AND file = :subject", NULL},
	{"cyclomatic_sum", "file", "Paths to be tested", "sum of the cyclomatic complexities of its functions", "McCabe 1976",
	 "under 200",
	 "SELECT coalesce(sum(cyclomatic), 0) FROM functions WHERE release = :release AND file = :subject", NULL},
	{"cognitive_sum", "file", "How hard its functions are to read", "sum of the cognitive complexities of its functions", "Campbell 2018",
	 "under 150",
	 "SELECT coalesce(sum(cognitive), 0) FROM functions WHERE release = :release AND file = :subject", NULL},
	{"crossing", "file", "Places at which it uses other domains", "weight of its dependencies on files of other domains; includes and "
	 "calls through pointers left out", "sightline", "low",
	 "SELECT coalesce(sum(x.weight), 0) FROM dependencies x JOIN files f ON f.release = x.release AND f.file = x.from_file JOIN files t "
	 "ON t.release = x.release AND t.file = x.to_file WHERE x.release = :release AND x.from_file = :subject AND x.kind NOT IN "
	 "('include', 'indirect') AND f.domain <> t.domain", NULL},
	{"changes_year", "file", "Commits of the last year that changed it", "commits of the 365 days before the commit of the release; merges, and commits that change more than 100 C files, left out, here and below", "Nagappan, Ball 2005 (relative code churn)", "-",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT count(DISTINCT c.commit_id) FROM changes c WHERE c.release = :release AND c.file = :subject AND c.files <= 100 AND c.age_years <= 1) END", "where the release has a history"},
	{"fixes_year", "file", "Commits of the last year that mended something in it", "of changes_year, those whose message says so: fix, bug, crash, leak, ...; sightline query --schema", "Mockus, Votta 2000; Zimmermann 2007", "0",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT count(DISTINCT c.commit_id) FROM changes c WHERE c.release = :release AND c.file = :subject AND c.files <= 100 AND c.age_years <= 1 AND c.is_fix) END", "where the release has a history"},
	{"authors", "file", "People who changed it in two years", "distinct addresses", "Bird et al. 2011 (Don't touch my code)", "not 1 alone for what matters",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT count(DISTINCT c.author) FROM changes c WHERE c.release = :release AND c.file = :subject AND c.files <= 100) END", "where the release has a history"},
	{"lines_changed_year", "file", "Lines added and removed in the last year", "sum over changes_year", "Nagappan, Ball 2005", "-",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT coalesce(sum(c.lines_added + c.lines_removed), 0) FROM changes c WHERE c.release = :release AND c.file = :subject AND c.files <= 100 AND c.age_years <= 1) END", "where the release has a history"},
	{"changes_across", "file", "Changes that did not stay in one domain", "commits of changes_year that changed files of another domain, too", "Kouroshfar et al. 2015", "low",
	 "WITH k AS MATERIALIZED (SELECT c.commit_id FROM changes c JOIN files f ON f.release = c.release AND f.file = c.file WHERE c.release = :release AND c.files <= 100 AND c.age_years <= 1 GROUP BY c.commit_id HAVING count(DISTINCT f.domain) > 1) SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT count(DISTINCT c.commit_id) FROM changes c WHERE c.release = :release AND c.file = :subject AND c.files <= 100 AND c.age_years <= 1 AND c.commit_id IN k) END", "where the release has a history"},
	{"recent_changes", "file", "Changes, recent ones and fixes counted more", "sum over the commits of two years of 0.5 ^ (age in years), twice for those that mend", "after Graves et al. 2000 (weighted time damp)", "-",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT coalesce(sum(pow(0.5, c.age_years) * (1 + c.is_fix)), 0) FROM changes c WHERE c.release = :release AND c.file = :subject AND c.files <= 100) END", "where the release has a history"},

	{"cohesion", "domain", "How much a domain keeps to itself", "weight of dependencies within / (within + crossing, both "
	 "ways), includes and calls through pointers left out", "after TurboMQ's cluster factor, Mancoridis 1998", "above 0.5",
	 "WITH d AS (SELECT f.domain a, t.domain b, sum(x.weight) w FROM dependencies x JOIN files f ON f.release = x.release "
	 "AND f.file = x.from_file JOIN files t ON t.release = x.release AND t.file = x.to_file WHERE x.release = :release AND "
	 "x.kind NOT IN ('include', 'indirect') GROUP BY 1, 2) SELECT coalesce(sum(CASE WHEN a = b THEN w END) / sum(w), CASE WHEN "
	 "count(*) THEN 0.0 ELSE 1.0 END) FROM d WHERE a = :subject OR b = :subject", NULL},
	{"coupling_out", "domain", "Domains that it depends on", "distinct", "Martin 1994 (Ce)", "few",
	 "SELECT count(*) FROM domain_dependencies WHERE release = :release AND from_domain = :subject AND weight > 0", NULL},
	{"coupling_in", "domain", "Domains that depend on it", "distinct", "Martin 1994 (Ca)", "-",
	 "SELECT count(*) FROM domain_dependencies WHERE release = :release AND to_domain = :subject AND weight > 0", NULL},
	{"instability", "domain", "How easily others make it change", "coupling_out / (coupling_in + coupling_out); 0 where "
	 "both are 0", "Martin 1994", "lower than that of the domains which depend on it",
	 "SELECT CASE WHEN i + o > 0 THEN o / (i + o) ELSE 0 END FROM (SELECT " OF_DOMAIN("coupling_in") " i, "
	 OF_DOMAIN("coupling_out") " o)", NULL},
	{"exclusivity", "domain", "Functions that only this domain calls", "functions called from no other domain / functions",
	 "after vFunction's exclusivity", "above 0.66 good, below 0.33 poor",
	 "WITH f AS (SELECT function_id FROM functions WHERE release = :release AND domain = :subject), s AS (SELECT DISTINCT "
	 "c.callee_id FROM calls c JOIN files k ON k.release = c.release AND k.file = c.caller_file WHERE c.release = :release "
	 "AND c.how <> 'observed' AND k.domain <> :subject AND c.callee_id IN f) SELECT CASE WHEN (SELECT count(*) FROM f) = 0 THEN 1 ELSE 1 - (SELECT "
	 "count(*) FROM s) * 1.0 / (SELECT count(*) FROM f) END", NULL},
	{"cyclic_files", "domain", "Its files that are in a dependency cycle", "files with cycle_size > 0 / files", "Tarjan 1972",
	 "0",
	 "SELECT avg(m.value > 0) FROM files f JOIN metrics m ON m.release = f.release AND m.scope = 'file' AND m.metric = "
	 "'cycle_size' AND m.subject = f.file WHERE f.release = :release AND f.domain = :subject", NULL},
	{"cycle_size", "domain", "Size of the domain cycle it is in", "domains that it reaches and that reach it; 0 where only "
	 "itself", "Tarjan 1972", "0",
	 "WITH RECURSIVE e AS (SELECT from_domain a, to_domain b FROM domain_dependencies WHERE release = :release AND weight > 0), down(f) AS "
	 "(SELECT :subject UNION SELECT e.b FROM e JOIN down ON e.a = down.f), up(f) AS (SELECT :subject UNION SELECT e.a FROM e "
	 "JOIN up ON e.b = up.f), both AS (SELECT count(*) n FROM down WHERE f IN up) SELECT CASE WHEN n > 1 THEN n ELSE 0 END "
	 "FROM both", NULL},
	{"files", "domain", "Size: files", "files of the domain", "-", "-",
	 "SELECT count(*) FROM files WHERE release = :release AND domain = :subject", NULL},
	{"functions", "domain", "Size: functions", "functions defined in its files", "-", "-",
	 "SELECT count(*) FROM functions WHERE release = :release AND domain = :subject", NULL},
	{"code_lines", "domain", "Size: lines that hold code", "sum of code_lines over its files", "-", "-",
	 "SELECT sum(code_lines) FROM files WHERE release = :release AND domain = :subject", NULL},
	{"exclusivity_observed", "domain", "Observed functions that only this domain was seen to call", "observed functions that no "
	 "function of another domain was seen to call / observed functions", "after vFunction's dynamic exclusivity", BANDS,
	 "WITH f AS (SELECT function_id FROM functions WHERE release = :release AND domain = :subject AND is_observed), s AS (SELECT "
	 "DISTINCT c.callee_id FROM calls c JOIN files k ON k.release = c.release AND k.file = c.caller_file WHERE c.release = :release AND "
	 "c.observed_count > 0 AND k.domain <> :subject AND c.callee_id IN f) SELECT 1 - (SELECT count(*) FROM s) * 1.0 / nullif(count(*), "
	 "0) FROM f", "domains with functions that traced runs saw"},
	{"exclusivity_globals", "domain", "Global and static variables that only this domain accesses", "variables that no file of another "
	 "domain reads, writes or takes the address of / variables", "after vFunction's exclusivity", BANDS,
	 "WITH v AS (SELECT variable_id FROM variables WHERE release = :release AND domain = :subject), s AS (SELECT DISTINCT u.to_id FROM "
	 "uses u JOIN files k ON k.release = u.release AND k.file = u.from_file WHERE u.release = :release AND u.kind IN ('read', 'write', "
	 "'address') AND k.domain <> :subject AND u.to_id IN v) SELECT 1 - (SELECT count(*) FROM s) * 1.0 / nullif(count(*), 0) FROM v",
	 "domains that define variables"},
	{"exclusivity_resources", "domain", "Resources that only this domain names", "resources named by a literal in no other domain / "
	 "resources it names so", "vFunction: a resource of one domain is exclusive, of 2 or 3 shared, of more common", BANDS,
	 EXCLUSIVE_RESOURCES("static_sites", ""), "domains that name resources"},
	{"exclusivity_resources_observed", "domain", "Resources that only this domain was seen to use", "resources that runs saw used by no "
	 "other domain / resources that they saw it use", "as exclusivity_resources", BANDS,
	 EXCLUSIVE_RESOURCES("observed_count", ""), "domains that were seen to use resources"},
	{"exclusivity_tables", "domain", "Database tables that only this domain names", "as exclusivity_resources, of SQL tables alone",
	 "as exclusivity_resources", BANDS, EXCLUSIVE_RESOURCES("static_sites", " AND u.kind = 'table'"),
	 "domains whose literal SQL names tables"},
	{"exclusivity_tables_observed", "domain", "Database tables that only this domain was seen to use", "as "
	 "exclusivity_resources_observed, of SQL tables alone", "as exclusivity_resources", BANDS,
	 EXCLUSIVE_RESOURCES("observed_count", " AND u.kind = 'table'"), "domains that were seen to use tables"},
	{"entry_points", "domain", "Entry points", "its functions at which control enters: main, threads, signal handlers, constructors, "
	 "destructors, callbacks, exports", "after vFunction: a domain is bounded by its entry points", "few",
	 "SELECT count(DISTINCT e.function_id) FROM entry_points e JOIN functions f ON f.release = e.release AND f.function_id = "
	 "e.function_id WHERE e.release = :release AND f.domain = :subject", NULL},
	{"api_surface", "domain", "Symbols that other domains use", "its functions, variables, types and macros that another domain's source "
	 "calls by name, reads, writes, takes the address of or names", "after Martin 1994 (the inside of Ca)", "small",
	 OUTSIDE_USES "SELECT count(*) FROM (SELECT function_id id FROM functions WHERE release = :release AND domain = :subject UNION "
	 "SELECT variable_id FROM variables WHERE release = :release AND domain = :subject UNION SELECT type_id FROM types WHERE release = "
	 ":release AND domain = :subject UNION SELECT macro_id FROM macros WHERE release = :release AND domain = :subject) WHERE id IN u",
	 NULL},
	{"hidden_reached", "domain", "Internals that other domains use all the same", "of api_surface: functions and variables that no public "
	 "header declares or defines, types and macros defined in a source or a private header; private: its name says so, see files", "sightline", "0",
	 OUTSIDE_USES "SELECT count(*) FROM (SELECT function_id id FROM functions WHERE release = :release AND domain = :subject AND NOT "
	 "is_declared UNION SELECT variable_id FROM variables WHERE release = :release AND domain = :subject AND NOT is_declared UNION "
	 "SELECT t.type_id FROM types t JOIN files f USING (release, file) WHERE t.release = :release AND t.domain = :subject AND (NOT "
	 "f.is_header OR f.is_private) UNION SELECT m.macro_id FROM macros m JOIN files f USING (release, file) WHERE m.release = :release "
	 "AND m.domain = :subject AND (NOT f.is_header OR f.is_private)) WHERE id IN u", NULL},
	{"abstractness", "domain", "How much of what it offers is a promise only", "(opaque records + tables of functions + headers of "
	 "prototypes) / (records + headers offered); offered: headers that another domain includes, the structs and unions in them, and those "
	 "they name that a source defines: these are opaque; tables: half of the fields or more hold functions; headers of prototypes define no "
	 "function, variable, struct or union; 0 where nothing is offered", "adaptation to C of Martin 1994 (A)", "see "
	 "main_sequence_distance",
	 "WITH h AS MATERIALIZED (SELECT f.file FROM files f WHERE f.release = :release AND f.domain = :subject AND f.is_header AND EXISTS "
	 "(SELECT 1 FROM includes i JOIN files k ON k.release = i.release AND k.file = i.file WHERE i.release = :release AND i.included = "
	 "f.file AND k.domain <> :subject)), o AS (SELECT type_id FROM types t JOIN files f USING (release, file) WHERE t.release = :release "
	 "AND t.domain = :subject AND t.kind IN ('struct', 'union') AND NOT f.is_header AND type_id IN (SELECT to_id FROM uses WHERE release "
	 "= :release AND kind = 'type' AND from_file IN h)), r AS (SELECT type_id, function_fields > 0 AND 2 * function_fields >= fields "
	 "AS is_table FROM types WHERE release = :release AND kind IN ('struct', 'union') AND file IN h), p AS (SELECT file FROM h WHERE "
	 "file NOT IN (SELECT file FROM functions WHERE release = :release UNION SELECT file FROM variables WHERE release = :release UNION "
	 "SELECT file FROM types WHERE release = :release AND kind IN ('struct', 'union'))) SELECT coalesce(((SELECT count(*) FROM o) + "
	 "(SELECT coalesce(sum(is_table), 0) FROM r) + (SELECT count(*) FROM p)) * 1.0 / nullif((SELECT count(*) FROM o) + (SELECT count(*) "
	 "FROM r) + (SELECT count(*) FROM h), 0), 0)", NULL},
	{"main_sequence_distance", "domain", "Neither changed by others nor hard to change", "abs(abstractness + instability - 1)",
	 "Martin 1994 (D)", "near 0; near 1: concrete and needed by all, or abstract and needed by nobody",
	 "SELECT abs(" OF_DOMAIN("abstractness") " + " OF_DOMAIN("instability") " - 1)", NULL},
	{"cycle_share", "domain", "Its part in a cycle of domains", "weight of its dependencies on domains of its cycle / weight of all "
	 "dependencies within that cycle; 0 where it is in none", "sightline", "0",
	 "WITH RECURSIVE e AS MATERIALIZED (SELECT from_domain a, to_domain b, weight w FROM domain_dependencies WHERE release = :release AND "
	 "weight > 0), down(f) AS (SELECT :subject UNION SELECT e.b FROM e JOIN down ON e.a = down.f), up(f) AS (SELECT :subject UNION "
	 "SELECT e.a FROM e JOIN up ON e.b = up.f), k AS MATERIALIZED (SELECT f FROM down WHERE f IN up) SELECT coalesce(sum(CASE WHEN a = "
	 ":subject THEN w END) / sum(w), 0) FROM e WHERE a IN k AND b IN k", NULL},
	{"level", "domain", "Layer that dependencies imply", "one above the highest level that it depends on, dependencies that point upward left "
	 "out; 0: none. Where domains depend on each other in a circle, those dependencies point upward that weigh least in all (a minimum "
	 "feedback arc set: exact up to 14 domains in one cycle, else Eades, Lin, Smyth 1993 with moves of single domains)",
	 "after Lakos 1996 (levelization)", "-",
	 "SELECT coalesce(max(t.level) + 1, 0) FROM domain_dependencies d JOIN layers t ON t.release = d.release AND t.domain = d.to_domain "
	 "JOIN layers f ON f.release = d.release AND f.domain = d.from_domain WHERE d.release = :release AND d.from_domain = :subject AND "
	 "d.weight > 0 AND f.level > t.level", NULL},
	{"upward_dependencies", "domain", "Its dependencies that point upward", "domains of a higher or the same level that it depends on",
	 "after Lakos 1996", "0",
	 "SELECT count(*) FROM domain_dependencies d JOIN layers t ON t.release = d.release AND t.domain = d.to_domain JOIN layers f ON "
	 "f.release = d.release AND f.domain = d.from_domain WHERE d.release = :release AND d.from_domain = :subject AND d.weight > 0 AND "
	 "f.level <= t.level", NULL},
	{"changes_year", "domain", "Commits of the last year that changed it", "commits of the 365 days before the commit of the release; merges, and commits that change more than 100 C files, left out, here and below", "Nagappan, Ball 2005 (relative code churn)", "-",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT count(DISTINCT c.commit_id) FROM changes c JOIN files f ON f.release = c.release AND f.file = c.file WHERE c.release = :release AND f.domain = :subject AND c.files <= 100 AND c.age_years <= 1) END", "where the release has a history"},
	{"fixes_year", "domain", "Commits of the last year that mended something in it", "of changes_year, those whose message says so: fix, bug, crash, leak, ...; sightline query --schema", "Mockus, Votta 2000; Zimmermann 2007", "0",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT count(DISTINCT c.commit_id) FROM changes c JOIN files f ON f.release = c.release AND f.file = c.file WHERE c.release = :release AND f.domain = :subject AND c.files <= 100 AND c.age_years <= 1 AND c.is_fix) END", "where the release has a history"},
	{"authors", "domain", "People who changed it in two years", "distinct addresses", "Bird et al. 2011 (Don't touch my code)", "not 1 alone for what matters",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT count(DISTINCT c.author) FROM changes c JOIN files f ON f.release = c.release AND f.file = c.file WHERE c.release = :release AND f.domain = :subject AND c.files <= 100) END", "where the release has a history"},
	{"lines_changed_year", "domain", "Lines added and removed in the last year", "sum over changes_year", "Nagappan, Ball 2005", "-",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT coalesce(sum(c.lines_added + c.lines_removed), 0) FROM changes c JOIN files f ON f.release = c.release AND f.file = c.file WHERE c.release = :release AND f.domain = :subject AND c.files <= 100 AND c.age_years <= 1) END", "where the release has a history"},
	{"changes_across", "domain", "Changes that did not stay in one domain", "commits of changes_year that changed files of another domain, too", "Kouroshfar et al. 2015", "low",
	 "WITH k AS MATERIALIZED (SELECT c.commit_id FROM changes c JOIN files f ON f.release = c.release AND f.file = c.file WHERE c.release = :release AND c.files <= 100 AND c.age_years <= 1 GROUP BY c.commit_id HAVING count(DISTINCT f.domain) > 1) SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT count(DISTINCT c.commit_id) FROM changes c JOIN files f ON f.release = c.release AND f.file = c.file WHERE c.release = :release AND f.domain = :subject AND c.files <= 100 AND c.age_years <= 1 AND c.commit_id IN k) END", "where the release has a history"},
	{"recent_changes", "domain", "Changes, recent ones and fixes counted more", "sum over the commits of two years of 0.5 ^ (age in years), twice for those that mend", "after Graves et al. 2000 (weighted time damp)", "-",
	 "SELECT CASE WHEN " HAS_HISTORY " THEN (SELECT coalesce(sum(w), 0) FROM (SELECT DISTINCT c.commit_id, pow(0.5, c.age_years) * (1 + c.is_fix) AS w FROM changes c JOIN files f ON f.release = c.release AND f.file = c.file WHERE c.release = :release AND f.domain = :subject AND c.files <= 100)) END", "where the release has a history"},

	{"ccd", "codebase", "Cumulative component dependency", "sum of reach over all files", "Lakos 1996", "-",
	 "SELECT sum(value) FROM metrics WHERE release = :release AND scope = 'file' AND metric = 'reach'", NULL},
	{"acd", "codebase", "Average component dependency", "ccd / files: what a file needs, on average", "Lakos 1996", "small",
	 "SELECT " CODEBASE("ccd") " / (SELECT count(*) FROM files WHERE release = :release)", NULL},
	{"nccd", "codebase", "Normalised cumulative component dependency", "ccd / ((n + 1) * log2(n + 1) - n): against a balanced "
	 "binary tree of n files", "Lakos 1996", "about 1 = tree; above 2 suspicious; above 6 tangled",
	 "SELECT " CODEBASE("ccd") " / ((n + 1) * log2(n + 1) - n) FROM (SELECT count(*) n FROM files WHERE release = :release)", NULL},
	{"propagation_cost", "codebase", "Share of the code that a change may reach", "ccd / n^2", "MacCormack, Rusnak, Baldwin 2006",
	 "above 0.2 concern, above 0.5 serious; compare within one codebase only",
	 "SELECT " CODEBASE("ccd") " / (n * 1.0 * n) FROM (SELECT count(*) n FROM files WHERE release = :release)", NULL},
	{"cycle_groups", "codebase", "Dependency cycles between files", "strongly connected components of more than one file",
	 "Tarjan 1972", "0",
	 "SELECT round(coalesce(sum(1.0 / value), 0), 6) FROM metrics WHERE release = :release AND scope = 'file' AND metric = "
	 "'cycle_size' AND value > 0", NULL},
	{"largest_cycle", "codebase", "Files in the largest cycle", "max of cycle_size", "Tarjan 1972", "at most 5",
	 "SELECT coalesce(max(value), 0) FROM metrics WHERE release = :release AND scope = 'file' AND metric = 'cycle_size'", NULL},
	{"relative_cyclicity", "codebase", "How cyclic the files are, in percent", "100 * sqrt(sum of k^2 over cycles of k files) / n; "
	 "the sum of k^2 over cycles is the sum of cycle_size over files", "von Zitzewitz (hello2morrow)", "at most 4",
	 "SELECT 100 * sqrt((SELECT sum(value) FROM metrics WHERE release = :release AND scope = 'file' AND metric = 'cycle_size')) "
	 "/ (SELECT count(*) FROM files WHERE release = :release)", NULL},
	{"turbomq", "codebase", "How well the domains cut the code", "mean over domains of 2m / (2m + e); m: weight of dependencies "
	 "within, e: crossing, both ways; includes and calls through pointers left out; 0 where m is 0", "Mancoridis 1998; mean as in ARCADE", "above 0.5",
	 "WITH d AS (SELECT f.domain a, t.domain b, sum(x.weight) w FROM dependencies x JOIN files f ON f.release = x.release "
	 "AND f.file = x.from_file JOIN files t ON t.release = x.release AND t.file = x.to_file WHERE x.release = :release AND "
	 "x.kind NOT IN ('include', 'indirect') GROUP BY 1, 2), m AS (SELECT domain, coalesce((SELECT sum(w) FROM d WHERE a = domain AND b = domain), "
	 "0) m, coalesce((SELECT sum(w) FROM d WHERE (a = domain) + (b = domain) = 1), 0) e FROM domains WHERE release = :release AND files > 0) "
	 "SELECT avg(CASE WHEN m > 0 THEN 2 * m / (2 * m + e) ELSE 0 END) FROM m", NULL},
	{NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

/* Measured and judged ones together, by scope. */
const struct debt_formula *debt_formulas(void)
{
	static const char *const scopes[] = {"function", "file", "domain", "codebase"};
	static const struct debt_formula *const lists[] = {DEBT_MEASURED, DEBT_JUDGED};
	static struct debt_formula *all; /* made once, kept until the process ends */
	if (all)
		return all;
	size_t count = 0, capacity = 0;
	for (size_t scope = 0; scope < sizeof scopes / sizeof *scopes; scope++)
		for (size_t list = 0; list < 2; list++)
			for (const struct debt_formula *row = lists[list]; row->metric; row++)
				if (!strcmp(row->scope, scopes[scope])) {
					mem_grow(&all, &capacity, count + 2, sizeof *all);
					all[count++] = *row;
				}
	all[count] = (struct debt_formula){NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
	return all;
}
