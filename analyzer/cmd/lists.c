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
	if (!result && (!strcmp(view, "domains") || !strcmp(view, "resources") || !strcmp(view, "entry_domains")))
		result = session_print_coverage(&session, stdout, err);
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
	const char *by = options_value(options, "by");
	if (by && strcmp(by, "files") != 0 && strcmp(by, "entry-points") != 0)
		return err_set(err, ERR_INPUT, "--by %s: there is files (what belongs together) and entry-points (what they bound)", by);
	if (by && !strcmp(by, "entry-points"))
		return print_view(options, "entry_domains", "entry_domains", "no functions", err);
	return print_view(options, "domains_digest", "domains", "no domains", err);
}

static int run_resources(const struct options *options, int *code, struct err *err)
{
	(void)code;
	return print_view(options, "resources_digest", "resources", "no resources: the source names none, and nothing was traced yet (sightline trace -- PROGRAM)", err);
}

static const struct option_spec releases_options[] = {
	{'r', "release", "NAME", "only this one (default: all)"}, OPTION_FORMAT, {0, NULL, NULL, NULL},
};
const struct command_spec command_releases = {
	.name = "releases", .synopsis = "[OPTIONS]", .summary = "list the releases in the model",
	.description = "One row per release, newest first. Columns are those of the view releases.",
	.examples = "  sightline releases\n      what was scanned so far", .options = releases_options, .run = run_releases,
};
static const struct option_spec domains_options[] = {
	{0, "by", "files|entry-points", "files by what they do, or functions by who enters (default: files)"},
	OPTION_RELEASE, OPTION_FORMAT, {0, NULL, NULL, NULL},
};
const struct command_spec command_domains = {
	.name = "domains", .synopsis = "[OPTIONS]", .summary = "list the parts of the codebase",
	.description = "A domain is a group of files that do one job: declared in sightline.yaml, or discovered. Of each: the share of its\n"
		       "functions that no other domain calls, by the source and in traced runs (high above 66 %, low below 33 %); how many\n"
		       "domains use it (in) and it uses (out); entry points; symbols that others use (api), and those of them that no public\n"
		       "header offers (hidden); the level that dependencies imply; debt, 0 none and 100 the worst. JSON and CSV have the columns\n"
		       "of the view domains; 'sightline debt --explain' tells each formula.\n\n"
		       "--by entry-points cuts the functions instead, by where control enters: a function belongs to the main, thread, signal\n"
		       "handler ... or to the exports of one domain that every way to it from outside passes last; what several reach is common.\n"
		       "Callbacks count as called from where they are handed over. Columns are those of the view entry_domains.",
	.examples = "  sightline domains\n      largest first\n  sightline domains --by entry-points\n      what each program, thread and API has to itself\n"
		    "  sightline domains --format json | jq '.[].domain'\n      for a program",
	.options = domains_options, .run = run_domains,
};
const struct command_spec command_resources = {
	.name = "resources", .synopsis = "[OPTIONS]", .summary = "list the files, sockets, locks ... that the code uses",
	.description = "What the source names by a literal in a call of a known function, and what traced runs were seen to use: by how many\n"
		       "functions and domains (exclusive: one; shared: two or three; common: more), and how often. JSON and CSV have the\n"
		       "columns of the view resources; 'sightline show NAME' tells who uses one.",
	.examples = "  sightline resources\n      all of them\n  sightline show '/etc/hosts'\n      who uses one",
	.options = list_options, .run = run_resources,
};
