/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline scan: a source tree becomes a release in the model. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/alerts.h"
#include "cmd/git.h"
#include "cmd/inputs_ahead.h"
#include "cmd/past.h"
#include "cmd/reference.h"
#include "cmd/session.h"
#include "cmd/terminal.h"
#include "cmd/tree_scan.h"
#include "cmd/verdicts.h"

struct scan {
	struct session session;
	struct terminal_progress terminal;
	struct tree_scan tree;
	char *name, *commit;
	struct past_told past; /* what is to be said of the history */
	struct timespec start;
};

static void warn(void *context, const char *line)
{
	struct scan *scan = context;
	struct buf safe;
	buf_init(&safe, BUF_NO_CEILING);
	terminal_append(&safe, line, strlen(line));
	terminal_progress_clear(&scan->terminal);
	fprintf(stderr, "%ssightline: warning:%s %s\n", terminal_style(stderr, STYLE_YELLOW), terminal_style(stderr, STYLE_PLAIN),
		safe.data ? safe.data : "");
	buf_finish(&safe);
}

/* ---- what to parse ---- */

static int find_commands(struct scan *scan, const struct options *options, struct err *err)
{
	const char *build = options_value(options, "build"), *explicit_path = options_value(options, "compile-commands");
	const struct config *config = scan->session.config;
	struct warnings warnings = {warn, scan};
	char *path = NULL;
	int result = 0;
	if (build && explicit_path)
		return err_set(err, ERR_INPUT, "--build and --compile-commands exclude each other");
	if (build) {
		result = tree_scan_record(scan->session.root, build, &warnings, &path, err);
	} else {
		result = commands_find(scan->session.root, explicit_path, &path, err);
	}
	if (!result) {
		result = commands_load(scan->session.root, path, &warnings, &scan->tree.list, err);
	} else if (result == ERR_NOT_FOUND && !build && !explicit_path) {
		const char **skip = mem_zalloc(config->exclude.count + 1, sizeof *skip);
		for (size_t i = 0; i < config->exclude.count; i++)
			skip[i] = config->exclude.items[i];
		result = commands_infer(scan->session.root, skip, &warnings, &scan->tree.list, err);
		free(skip);
	}
	free(path);
	return result;
}

/* ---- the release ---- */

static void describe(void *context)
{
	struct scan *scan = context;
	if (!scan->commit)
		git_describe(scan->session.root, &scan->name, &scan->commit);
}

static int store_release(struct scan *scan, const struct options *options, struct err *err)
{
	const char *asked = options_value(options, "release");
	describe(scan);
	if (asked || !*scan->name) {
		free(scan->name);
		scan->name = mem_strdup(asked ? asked : "unversioned");
	}
	struct model_release release = {.name = scan->name, .git_commit = scan->commit, .created_at = (int64_t)time(NULL), .is_default = true};
	int result = 0;
	if (!options_has(options, "no-history"))
		result = past_read(&scan->session, NULL, &scan->terminal.progress, &release, &scan->past, err);
	return result ? result : tree_scan_store(&scan->tree, &release, err);
}

/* ---- the summary ---- */

static double elapsed(const struct scan *scan)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - scan->start.tv_sec) + (double)(now.tv_nsec - scan->start.tv_nsec) / 1e9;
}

/* Rows of a named query, one line each, as the query words them. */
static int print_lines(const struct scan *scan, const char *query, const char *heading, struct err *err)
{
	const char *parameters[] = {scan->name};
	struct rows *rows = NULL;
	bool has_row, first = true;
	int result = model_query_named(scan->session.model, query, parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		struct buf line;
		size_t length;
		buf_init(&line, BUF_NO_CEILING);
		const char *text = rows_text(rows, 0, &length);
		terminal_append(&line, text, length);
		if (first && heading)
			printf("\n%s%s%s\n", terminal_style(stdout, STYLE_BOLD), heading, terminal_style(stdout, STYLE_PLAIN));
		first = false;
		printf("  %s\n", line.data ? line.data : "");
		buf_finish(&line);
	}
	rows_close(rows);
	return result;
}

static void print_left_out(const struct command_list *list, size_t excluded)
{
	const struct { size_t count; const char *why; } parts[] = {
		{list->outside, "outside the codebase"}, {list->missing, "whose file does not exist"},
		{list->foreign, "in other languages"}, {list->broken, "unusable"}, {excluded, "excluded by the configuration"},
	};
	const char *before = "  left out:";
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].count) {
			printf("%s %zu %s", before, parts[i].count, parts[i].why);
			before = ",";
		}
	if (*before == ',')
		printf("\n");
}

static int print_summary(const struct scan *scan, struct err *err)
{
	const struct command_list *list = scan->tree.list;
	const char *bold = terminal_style(stdout, STYLE_BOLD), *plain = terminal_style(stdout, STYLE_PLAIN);
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	terminal_append(&name, scan->name, strlen(scan->name));
	if (scan->tree.derived.cold_gain > 0.01)
		fprintf(stderr, "sightline: the domains of before fit this release less well: found anew they would have %.1f %% more "
			"modularity; see them with 'sightline scan --fresh'\n", 100 * scan->tree.derived.cold_gain);
	printf("%srelease %s%s: %zu unit%s in %.1f s (%zu parsed, %zu unchanged)%s\n", bold, name.data ? name.data : "", plain, list->count,
	       list->count == 1 ? "" : "s", elapsed(scan), scan->tree.changed_count, list->count - scan->tree.changed_count,
	       scan->tree.was_current ? "; nothing changed since it was stored" : "");
	buf_finish(&name);
	if (list->inferred)
		printf("  %sno compile_commands.json: include paths and macros were guessed.%s Calls and files are mostly right, #ifdef'd\n"
		       "  code and generated headers may be missing. For certain facts: sightline scan --build 'make'\n",
		       terminal_style(stdout, STYLE_YELLOW), plain);
	int result = print_lines(scan, "scan_summary", NULL, err);
	if (!result && *scan->past.reason)
		terminal_print(stdout, "  no full history: ", scan->past.reason, "\n");
	if (!result)
		result = print_lines(scan, "scan_missing", "Missing", err);
	print_left_out(list, scan->tree.excluded);
	if (!result)
		result = print_lines(scan, "scan_worst", "Worst debt (0 none .. 100)", err);
	if (!result)
		printf("\n%sNext%s\n  sightline domains                      the parts and how well they hold together\n"
		       "  sightline debt --explain               where the debt is, and by which formula\n"
		       "  sightline report --format svg -o architecture.svg\n"
		       "                                         a picture to open in a browser\n", bold, plain);
	return result;
}

/* Not silently: they were recorded by somebody, and cannot be had again by scanning. */
static void tell_dropped(struct scan *scan)
{
	struct buf line;
	buf_init(&line, BUF_NO_CEILING);
	buf_printf(&line, "release %s is another tree than before: %zu recorded %s of the one before %s dropped; trace it again, or scan "
		   "under another name with --release", scan->name, scan->tree.derived.observations_dropped,
		   scan->tree.derived.observations_dropped == 1 ? "run" : "runs", scan->tree.derived.observations_dropped == 1 ? "was" : "were");
	warn(scan, line.data);
	buf_finish(&line);
}

static int count_missing(const struct scan *scan, int64_t *out, struct err *err)
{
	const char *parameters[] = {scan->name};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(scan->session.model, "units_not_ok", parameters, 1, &rows, err);
	if (!result)
		result = rows_next(rows, &has_row, err);
	if (!result)
		*out = rows_integer(rows, 0);
	rows_close(rows);
	return result;
}

static int scan_tree(struct scan *scan, const struct options *options, struct err *err)
{
	struct inputs_ahead ahead = {0};
	if (!options_value(options, "build")) /* which changes files */
		inputs_ahead_begin(&ahead, &scan->session);
	int result = find_commands(scan, options, err);
	scan->tree.checker = inputs_ahead_end(&ahead);
	if (!result)
		result = model_open(scan->session.database, MODEL_WRITE, &scan->session.model, err);
	if (result)
		return result;
	session_hide(&scan->session);
	scan->tree.model = scan->session.model;
	scan->tree.config = scan->session.config;
	scan->tree.progress = &scan->terminal.progress;
	scan->tree.meanwhile = describe;
	scan->tree.meanwhile_context = scan;
	result = tree_scan_parse(&scan->tree, err);
	if (!result)
		result = store_release(scan, options, err);
	if (!result)
		result = model_codebase_put(scan->session.model, path_basename(scan->session.root), err);
	return result;
}

/* What changed since the release before is sent where the configuration says, if the user allowed it. */
static int send_alerts(struct scan *scan, const struct options *options, struct err *err)
{
	size_t count = scan->session.config->alert_count;
	if (!count || scan->tree.was_current)
		return 0;
	if (alerts_are_allowed(options))
		return alerts_of_release(&scan->session, scan->name, err);
	if (!scan->session.quiet)
		fprintf(stderr, "sightline: %zu %s of sightline.yaml %s not looked at, since that file came with the tree; --alerts sends what is new\n",
			count, count == 1 ? "alert" : "alerts", count == 1 ? "was" : "were");
	return 0;
}

static int run_scan(const struct options *options, int *code, struct err *err)
{
	struct scan scan = {0};
	int64_t not_ok = 0;
	clock_gettime(CLOCK_MONOTONIC, &scan.start);
	if (options->operand_count > 1)
		return err_set(err, ERR_INPUT, "sightline scan: one folder at a time; \"%s\" is a second one", options->operands[1]);
	int result = tree_scan_how(options, &scan.tree.how, err);
	if (!result)
		result = session_start(options, options->operand_count ? options->operands[0] : ".", &scan.session, err);
	terminal_progress_init(&scan.terminal, options_has(options, "quiet"));
	if (!result)
		result = reference_use(options, scan.session.config, err);
	if (!result)
		result = verdicts_check(scan.session.config, err);
	if (!result)
		result = alerts_check(scan.session.config, err);
	if (!result)
		result = scan_tree(&scan, options, err);
	terminal_progress_clear(&scan.terminal);
	size_t rule_problems = scan.tree.derived.rules.problem_count;
	derive_summary_finish(&scan.tree.derived);
	if (!result && scan.tree.derived.observations_dropped)
		tell_dropped(&scan);
	if (!result)
		result = count_missing(&scan, &not_ok, err);
	if (!result && !scan.session.quiet)
		result = print_summary(&scan, err);
	if (!result)
		result = send_alerts(&scan, options, err);
	if (!result && options_has(options, "strict") &&
	    (not_ok || scan.tree.list->missing || scan.tree.list->broken || rule_problems)) {
		fprintf(stderr, "sightline: --strict: units not complete: %lld, files missing: %zu, entries unusable: %zu, rules broken: %zu\n",
			(long long)not_ok, scan.tree.list->missing, scan.tree.list->broken, rule_problems);
		*code = EXIT_GATE;
	}
	tree_scan_finish(&scan.tree);
	free(scan.name);
	free(scan.commit);
	session_finish(&scan.session);
	return result;
}

static const struct option_spec scan_options[] = {
	OPTION_RULES, OPTION_REFERENCE,
	{'p', "compile-commands", "PATH", "compile_commands.json, or the folder that holds it (default: looked for)"},
	{'r', "release", "NAME", "name of the release (default: git describe --tags --always --dirty)"},
	OPTIONS_TREE_SCAN,
	{0, "build", "'CMD'", "run this build and record its compile commands with bear"},
	OPTIONS_DOMAINS,
	{0, "no-history", NULL, "do not read the git repository's history: interest is left out of the score"},
	OPTION_ALERTS,
	{0, "strict", NULL, "exit 1 if any unit is incomplete or missing"},
	{0, NULL, NULL, NULL},
};

const struct command_spec command_scan = {
	.name = "scan", .synopsis = "[DIR] [OPTIONS]", .summary = "read a source tree into the model",
	.description =
		"Parses every unit of compile_commands.json with libclang, in parallel, and stores what it says under a release\n"
		"name. Units whose inputs did not change are not parsed again. compile_commands.json is looked for in DIR and its\n"
		"usual build folders; --build makes one; with neither, include paths are guessed. The commands in it are read,\n"
		"never run.",
	.examples =
		"  sightline scan\n      scan the codebase in this folder\n"
		"  sightline scan --build 'make -j4' ~/src/redis\n      build it, and scan exactly what was built\n"
		"  sightline scan -p build --release v2.1 --strict\n      in CI: a named release, and an error where anything is missing",
	.options = scan_options, .run = run_scan,
};
