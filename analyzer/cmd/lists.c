/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that print one view: releases, domains, resources. findings.c and tasks.c have their own. */
#include <string.h>

#include "cmd/session.h"

static const struct option_spec list_options[] = {OPTION_RELEASE, OPTION_FORMAT, {0, NULL, NULL, NULL}};

static int no_operands(const struct options *options, struct err *err)
{
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline %s: \"%s\" is unexpected; see 'sightline %s --help'", options->command->name,
			       options->operands[0], options->command->name);
	return 0;
}

/* People get a digest, programs the whole view. */
static int print_view(const struct options *options, const char *digest, const char *view, const char *none, struct err *err)
{
	struct session session;
	int result = no_operands(options, err);
	if (!result)
		result = session_open(options, &session, err);
	if (result)
		return result;
	result = session_print(&session, session.format == OUTPUT_TABLE ? digest : view, none, err);
	session_finish(&session);
	return result;
}

static int run_releases(const struct options *options, int *code, struct err *err)
{
	(void)code;
	struct session session;
	struct rows *rows = NULL;
	const char *name = options_value(options, "release");
	int result = no_operands(options, err);
	if (!result)
		result = session_start(options, NULL, &session, err);
	if (result)
		return result;
	result = model_open(session.database, MODEL_READ, &session.model, err);
	if (!result && name) /* only to refuse one that is not there */
		result = model_release_resolve(session.model, name, &session.release, err);
	if (!result)
		result = model_query_named(session.model, "releases", &name, 1, &rows, err);
	if (!result)
		result = output_rows(stdout, rows, session.format, false, "no release yet; run 'sightline scan'", stderr,
				     err);
	rows_close(rows);
	session_finish(&session);
	return result;
}

static int run_domains(const struct options *options, int *code, struct err *err)
{
	(void)code;
	return print_view(options, "domains", "domains", "no domains", err);
}

static int run_resources(const struct options *options, int *code, struct err *err)
{
	(void)code;
	return print_view(options, "resources_digest", "resources", "no resources: nothing was traced yet (sightline trace -- PROGRAM)", err);
}

static const struct option_spec releases_options[] = {
	{'r', "release", "NAME", "only this one (default: all)"}, OPTION_FORMAT, {0, NULL, NULL, NULL},
};
const struct command_spec command_releases = {
	.name = "releases", .synopsis = "[OPTIONS]", .summary = "list the releases in the model",
	.description = "One row per release, newest first. Columns are those of the view releases.",
	.examples = "  sightline releases\n      what was scanned so far", .options = releases_options, .run = run_releases,
};
const struct command_spec command_domains = {
	.name = "domains", .synopsis = "[OPTIONS]", .summary = "list the parts of the codebase",
	.description = "A domain is a group of files that do one job: declared in sightline.yaml, or discovered. Columns are those\n"
		       "of the view domains: cohesion and exclusivity near 1 are good, debt_score 0 is none and 100 the worst.",
	.examples = "  sightline domains\n      largest first\n  sightline domains --format json | jq '.[].domain'\n      for a program",
	.options = list_options, .run = run_domains,
};
const struct command_spec command_resources = {
	.name = "resources", .synopsis = "[OPTIONS]", .summary = "list the files, sockets, locks ... that runs used",
	.description = "What traced runs were seen to use, with how many functions and domains use it, and how often. JSON and CSV have the\n"
		       "columns of the view resources; 'sightline show NAME' tells who uses one.",
	.examples = "  sightline resources\n      all of them\n  sightline show '/etc/hosts'\n      who uses one",
	.options = list_options, .run = run_resources,
};
