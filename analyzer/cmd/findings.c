/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline findings: what the rules said of a release. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/session.h"
#include "cmd/verdicts.h"

/* The id of a rule given by id or name. */
static int find_rule(const struct config *config, const char *asked, char **id, struct err *err)
{
	struct rule_set rules;
	int result = verdicts_load_rules(config, &rules, err);
	if (result)
		return result;
	const struct rule *rule = rules_find(&rules, asked);
	if (rule)
		*id = mem_strdup(rule->id);
	else
		result = err_set(err, ERR_INPUT, "--rule: there is no rule \"%s\"; 'sightline rules' lists them", asked);
	rules_finish(&rules);
	return result;
}

static int run_findings(const struct options *options, int *code, struct err *err)
{
	(void)code;
	const char *goal = options_value(options, "goal"), *severity = options_value(options, "severity");
	char *rule = NULL, rank[8] = "";
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline findings: \"%s\" is unexpected; see 'sightline findings --help'", options->operands[0]);
	if (goal && !rule_is_goal(goal))
		return err_set(err, ERR_INPUT, "--goal: \"%s\" is none of scalability, resiliency, velocity, cloud-readiness and security", goal);
	if (severity && !rule_is_severity(severity))
		return err_set(err, ERR_INPUT, "--severity: \"%s\" is none of info, minor, major and critical", severity);
	struct session session;
	int result = session_open(options, &session, err);
	if (result)
		return result;
	if (options_has(options, "rule"))
		result = find_rule(session.config, options_value(options, "rule"), &rule, err);
	if (severity)
		snprintf(rank, sizeof rank, "%d", rule_severity_rank(severity));
	const char *parameters[] = {session.release, rule, goal, severity ? rank : NULL, options_value(options, "domain")};
	struct rows *rows = NULL;
	if (!result)
		result = model_query_named(session.model, session.format == OUTPUT_TABLE ? "findings_digest" : "findings", parameters, 5,
					   &rows, err);
	if (!result)
		result = output_rows(stdout, rows, session.format, true, "no findings", stderr, err);
	rows_close(rows);
	free(rule);
	session_finish(&session);
	return result;
}

static const struct option_spec findings_options[] = {
	{0, "rule", "ID", "only of this rule (id or name)"},
	{0, "goal", "GOAL", "only of this goal"},
	{0, "severity", "info|minor|major|critical", "only these and worse ones"},
	{0, "domain", "NAME", "only in this domain"},
	OPTION_RULES, OPTION_RELEASE, OPTION_FORMAT, {0, NULL, NULL, NULL},
};
const struct command_spec command_findings = {
	.name = "findings", .synopsis = "[OPTIONS]", .summary = "list what the rules found",
	.description = "One row per verdict of a rule about one subject, with its place; the worst first. JSON and CSV have the columns of\n"
		       "the view findings, file by file. 'sightline rules show ID' tells why one matters and what to do.",
	.examples = "  sightline findings --severity major\n      what should not wait\n"
		    "  sightline findings --rule V001 --format json\n      of one rule, for a program",
	.options = findings_options, .run = run_findings,
};
