/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the judged metrics mean: debt as a vector, its headline and its hours. Formulas are arithmetic on names of metrics, so that
 * `sightline debt --explain SUBJECT` can put the numbers in. */
#include "analysis/debt_sql.h"

#define WITH_HISTORY(sql) "SELECT CASE WHEN " HAS_HISTORY " THEN (" sql ") END"
#define HISTORY "where the release has a history"
#define MEAN(name, of) \
	"(SELECT coalesce(sum(f.code_lines * m.value) / sum(f.code_lines), 0) FROM files f JOIN metrics m ON m.release = f.release AND " \
	"m.scope = 'file' AND m.metric = '" name "' AND m.subject = f.file WHERE f.release = :release" of ")"
#define MEAN_OF_DOMAIN(name) MEAN(name, " AND f.domain = :subject")
#define MEAN_OF_ALL(name) MEAN(name, "")
#define HALF(x, half) "(" x ") / (" x " + " half ".0)"
#define FILES "(SELECT count(*) FROM files WHERE release = :release)"
#define STRUCTURE_FORMULA "(0.15 * debt_entanglement + 0.05 * debt_reach + 0.05 * debt_modularity + 0.2 * debt_smells) / 0.45"
#define STRUCTURE(of) "SELECT (0.15 * " of("debt_entanglement") " + 0.05 * " of("debt_reach") " + 0.05 * " of("debt_modularity") \
	" + 0.2 * " of("debt_smells") ") / 0.45"
#define SCORE_FORMULA "0.45 * debt_structure + 0.55 * debt_interest; without a history debt_structure alone"
#define SCORE(of) "SELECT CASE WHEN " HAS_HISTORY " THEN 0.45 * " of("debt_structure") " + 0.55 * " of("debt_interest") " ELSE " \
	of("debt_structure") " END"
#define NUGROHO "Nugroho, Visser, Kuipers 2011, with SQALE's half hour a line: half of the lines changed are new, and low quality makes " \
	"them dearer by 2 ^ (debt_structure / 50 - 1) - 0.5"
#define LINES_OF_FILE "(SELECT code_lines FROM files WHERE release = :release AND file = :subject)"
#define ELEMENT(x, low, ratio) "1 + 9 * min(max(ln(max(" x ", 1) / " low ".0) / ln(" ratio "), 0), 1)"
#define OF_FUNCTION(column) "(SELECT " column " FROM functions WHERE release = :release AND file || ':' || name = :subject)"
#define FUNCTION_ID OF_FUNCTION("function_id")
#define ONE_HIGH "4 and above: a candidate for being taken apart"
#define SIZE_OF_FUNCTION ELEMENT(OF_FUNCTION("code_lines"), "10", "50")
#define NEEDS_OF_FUNCTION ELEMENT("(SELECT count(*) FROM (SELECT callee_id FROM calls WHERE release = :release AND caller_id = " FUNCTION_ID \
	" AND how = 'direct' UNION SELECT to_id FROM uses WHERE release = :release AND from_id = " FUNCTION_ID "))", "10", "20")
#define USERS_OF_FUNCTION ELEMENT("(SELECT count(DISTINCT caller_id) FROM calls WHERE release = :release AND callee_id = " FUNCTION_ID \
	" AND CASE WHEN " OF_FUNCTION("is_observed") " THEN observed_count > 0 ELSE how = 'direct' END)", "3", "30")
#define SIZE_OF_FILE ELEMENT(LINES_OF_FILE, "100", "50")

const struct debt_formula DEBT_JUDGED[] = {
	{"element_size", "function", "How long it is, 1 to 10", "1 + 9 * ramp(ln(code_lines / 10) / ln(50)): 10 at 500 lines", "after vFunction's "
	 "high-debt classes", "under 4", "SELECT " SIZE_OF_FUNCTION, NULL},
	{"element_dependencies", "function", "How much it needs, 1 to 10", "1 + 9 * ramp(ln(dependencies / 10) / ln(20)): 10 at 200; dependencies: "
	 "functions, variables, types, fields and macros that its source names", "after vFunction's high-debt classes", "under 4",
	 "SELECT " NEEDS_OF_FUNCTION, NULL},
	{"element_dependents", "function", "How many need it, 1 to 10", "1 + 9 * ramp(ln(dependents / 3) / ln(30)): 10 at 90; dependents: functions "
	 "seen to call it where a traced run saw it, else those that call it by name", "after vFunction's high-debt classes", "under 4",
	 "SELECT " USERS_OF_FUNCTION, NULL},
	{"element_score", "function", "How much debt it is by these three", "(element_size + element_dependencies + element_dependents) / 3",
	 "after vFunction's high-debt classes, whose weights are not published", ONE_HIGH,
	 "SELECT ((" SIZE_OF_FUNCTION ") + (" NEEDS_OF_FUNCTION ") + (" USERS_OF_FUNCTION ")) / 3", NULL},

	{"debt_entanglement", "file", "How it is tied into others, 0 to 100", "50 * fan_out / (fan_out + 10) + 50 * cycle_size / (cycle_size + 20)",
	 "sightline, of Lakos 1996 and Tarjan 1972", "under 30",
	 "SELECT 50 * " HALF(OF_FILE("fan_out"), "10") " + 50 * " HALF(OF_FILE("cycle_size"), "20"), NULL},
	{"debt_reach", "file", "How much of the code it rests on, 0 to 100", "100 * (reach - 1) / (reach - 1 + 50)", "sightline, of MacCormack, "
	 "Rusnak, Baldwin 2006", "under 50", "SELECT 100 * " HALF(OF_FILE("reach") " - 1", "50"), NULL},
	{"debt_modularity", "file", "How it disregards the borders of domains, 0 to 100", "100 * crossing / (crossing + 200)", "sightline", "under 50",
	 "SELECT 100 * " HALF(OF_FILE("crossing"), "200"), NULL},
	{"debt_smells", "file", "What is wrong with it, 0 to 100", "50 * cognitive_sum / (cognitive_sum + 150) + 50 * principal_hours / "
	 "(principal_hours + 4)", "sightline, of Campbell 2018 and SQALE", "under 50",
	 "SELECT 50 * " HALF(OF_FILE("cognitive_sum"), "150") " + 50 * " HALF(OF_FILE("principal_hours"), "4"), NULL},
	{"debt_interest", "file", "How often it must be changed and mended, 0 to 100", "100 * recent_changes / (recent_changes + 10)",
	 "sightline, of Graves et al. 2000", "-", WITH_HISTORY("100 * " HALF(OF_FILE("recent_changes"), "10")), HISTORY},
	{"debt_structure", "file", "Debt of the code itself, whoever changes it", STRUCTURE_FORMULA, "sightline", "under 30", STRUCTURE(OF_FILE), NULL},
	{"debt_score", "file", "Debt of a file, 0 (none) to 100", "(0.45 * debt_structure + 0.55 * debt_interest) * 1.4 * code_lines / (code_lines + "
	 "100) * (1 - 0.75 * code_lines / (code_lines + 2000)); without a history debt_structure alone stands in the first bracket; what follows: few "
	 "lines have little that can be wrong, very many take long to mend; most, 1, at 550 lines", "sightline; size after Koru et al. 2009 and Mende, "
	 "Koschke 2010", "under 30", "SELECT (" SCORE(OF_FILE) ") * 1.4 * " HALF(LINES_OF_FILE, "100") " * (1 - 0.75 * " HALF(LINES_OF_FILE, "2000")
	 ")", NULL},
	{"principal_hours", "file", "Hours to settle what rules find in it", "sum of effort_minutes of its findings / 60", "SQALE (Letouzey 2012)", "0",
	 "SELECT coalesce(sum(effort_minutes), 0) / 60.0 FROM findings WHERE release = :release AND file = :subject", NULL},
	{"interest_hours", "file", "Hours a year that its debt makes changes dearer", "lines_changed_year / 4 * (2 ^ (debt_structure / 50 - 1) - 0.5)",
	 NUGROHO, "-", WITH_HISTORY(OF_FILE("lines_changed_year") " / 4 * (pow(2, " OF_FILE("debt_structure") " / 50 - 1) - 0.5)"), HISTORY},
	{"element_size", "file", "How long it is, 1 to 10", "1 + 9 * ramp(ln(code_lines / 100) / ln(50)): 10 at 5,000 lines",
	 "after vFunction's high-debt classes", "under 4", "SELECT " SIZE_OF_FILE, NULL},
	{"element_dependencies", "file", "How much it needs, 1 to 10", "1 + 9 * ramp(ln(fan_out / 3) / ln(20)): 10 at 60",
	 "after vFunction's high-debt classes", "under 4", "SELECT " ELEMENT(OF_FILE("fan_out"), "3", "20"), NULL},
	{"element_dependents", "file", "How many need it, 1 to 10", "1 + 9 * ramp(ln(fan_in / 3) / ln(30)): 10 at 90",
	 "after vFunction's high-debt classes", "under 4", "SELECT " ELEMENT(OF_FILE("fan_in"), "3", "30"), NULL},
	{"element_score", "file", "How much debt it is by these three", "(element_size + element_dependencies + element_dependents) / 3",
	 "after vFunction's high-debt classes, whose weights are not published", ONE_HIGH, "SELECT (" OF_FILE("element_size") " + "
	 OF_FILE("element_dependencies") " + " OF_FILE("element_dependents") ") / 3", NULL},

	{"debt_entanglement", "domain", "How it is tied into others, 0 to 100", "0.5 * mean(debt_entanglement) + 50 * ramp(cycle_size, 1, 10); "
	 "mean: of its files, weighted by lines of code; ramp(x, low, high): 0 below low, 1 above high, linear between", "sightline", "under 30",
	 "SELECT 0.5 * " MEAN_OF_DOMAIN("debt_entanglement") " + 50 * " RAMP(OF_DOMAIN("cycle_size"), "1", "10"), NULL},
	{"debt_reach", "domain", "How much of the code it rests on, 0 to 100", "mean(debt_reach)", "sightline", "under 50",
	 "SELECT " MEAN_OF_DOMAIN("debt_reach"), NULL},
	{"debt_modularity", "domain", "How its border leaks, 0 to 100", "0.5 * mean(debt_modularity) + 50 * (1 - cohesion)", "sightline", "under 50",
	 "SELECT 0.5 * " MEAN_OF_DOMAIN("debt_modularity") " + 50 * (1 - " OF_DOMAIN("cohesion") ")", NULL},
	{"debt_smells", "domain", "What is wrong with its files, 0 to 100", "mean(debt_smells)", "sightline", "under 50",
	 "SELECT " MEAN_OF_DOMAIN("debt_smells"), NULL},
	{"debt_interest", "domain", "How often its files must be changed and mended, 0 to 100", "mean(debt_interest)", "sightline", "-",
	 WITH_HISTORY(MEAN_OF_DOMAIN("debt_interest")), HISTORY},
	{"debt_structure", "domain", "Debt of the code itself, whoever changes it", STRUCTURE_FORMULA, "sightline", "under 30",
	 STRUCTURE(OF_DOMAIN), NULL},
	{"debt_score", "domain", "Debt of a domain, 0 (none) to 100", SCORE_FORMULA, "sightline", "under 30", SCORE(OF_DOMAIN), NULL},
	{"principal_hours", "domain", "Hours to settle what rules find", "sum of effort_minutes of the findings / 60", "SQALE (Letouzey 2012)", "0",
	 "SELECT coalesce(sum(effort_minutes), 0) / 60.0 FROM findings WHERE release = :release AND domain = :subject", NULL},
	{"interest_hours", "domain", "Hours a year that its debt makes changes dearer", "sum of interest_hours of its files", NUGROHO, "-",
	 WITH_HISTORY("SELECT coalesce(sum(m.value), 0) FROM metrics m JOIN files f ON f.release = m.release AND f.file = m.subject WHERE "
	 "m.release = :release AND m.scope = 'file' AND m.metric = 'interest_hours' AND f.domain = :subject"), HISTORY},

	{"debt_entanglement", "codebase", "How its files are tied into each other, 0 to 100", "0.5 * mean(debt_entanglement) + 50 * "
	 "ramp(relative_cyclicity, 4, 50); mean: of all files, weighted by lines of code", "sightline, of von Zitzewitz", "under 30",
	 "SELECT 0.5 * " MEAN_OF_ALL("debt_entanglement") " + 50 * " RAMP(CODEBASE("relative_cyclicity"), "4", "50"), NULL},
	{"debt_reach", "codebase", "How far a change may reach, 0 to 100", "0.5 * mean(debt_reach) + 50 * ramp(propagation_cost - 1 / files, 0.1, "
	 "0.6)", "sightline, of MacCormack, Rusnak, Baldwin 2006", "under 30; not comparable between codebases of different size",
	 "SELECT 0.5 * " MEAN_OF_ALL("debt_reach") " + 50 * " RAMP("(" CODEBASE("propagation_cost") " - 1.0 / " FILES ")", "0.1", "0.6"), NULL},
	{"debt_modularity", "codebase", "How badly the domains cut it, 0 to 100", "0.5 * mean(debt_modularity) + 50 * (1 - turbomq); the latter "
	 "only where some file depends on another", "sightline, of Mancoridis 1998", "under 50",
	 "SELECT 0.5 * " MEAN_OF_ALL("debt_modularity") " + 50 * (1 - " CODEBASE("turbomq") ") * EXISTS (SELECT 1 FROM dependencies WHERE release = "
	 ":release AND kind NOT IN ('include', 'indirect'))", NULL},
	{"debt_smells", "codebase", "What is wrong with the files, 0 to 100", "mean(debt_smells)", "sightline", "under 50",
	 "SELECT " MEAN_OF_ALL("debt_smells"), NULL},
	{"debt_interest", "codebase", "How often the files must be changed and mended, 0 to 100", "mean(debt_interest)", "sightline", "-",
	 WITH_HISTORY(MEAN_OF_ALL("debt_interest")), HISTORY},
	{"debt_structure", "codebase", "Debt of the code itself, whoever changes it", STRUCTURE_FORMULA, "sightline", "under 30",
	 STRUCTURE(CODEBASE), NULL},
	{"debt_score", "codebase", "Debt of the codebase, 0 (none) to 100", SCORE_FORMULA, "sightline", "under 30", SCORE(CODEBASE), NULL},
	{"principal_hours", "codebase", "Hours to settle what rules find", "sum of effort_minutes of the findings / 60", "SQALE (Letouzey 2012)", "0",
	 "SELECT coalesce(sum(effort_minutes), 0) / 60.0 FROM findings WHERE release = :release", NULL},
	{"interest_hours", "codebase", "Hours a year that its debt makes changes dearer", "sum of interest_hours of its files", NUGROHO, "-",
	 WITH_HISTORY("SELECT coalesce(sum(m.value), 0) FROM metrics m JOIN files f ON f.release = m.release AND f.file = m.subject WHERE "
	 "m.release = :release AND m.scope = 'file' AND m.metric = 'interest_hours'"), HISTORY},
	{"sqale_ratio", "codebase", "What settling all findings costs against writing the code anew", "principal_hours / (0.5 * lines of code)", "SQALE (Letouzey 2012)",
	 "A up to 0.05, B 0.1, C 0.2, D 0.5, E above",
	 "SELECT " CODEBASE("principal_hours") " / (0.5 * sum(code_lines)) FROM files WHERE release = :release HAVING sum(code_lines) > 0",
	 "where there are lines of code"},
	{NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};
