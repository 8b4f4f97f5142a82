/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline scan: a source tree becomes a release in the model. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/derive.h"
#include "cmd/domain_options.h"
#include "cmd/git.h"
#include "cmd/past.h"
#include "cmd/reference.h"
#include "cmd/session.h"
#include "cmd/terminal.h"
#include "cmd/verdicts.h"
#include "extract/extract.h"
#include "extract_id.h"

struct scan {
	struct session session;
	struct terminal_progress terminal;
	struct command_list *list;
	struct model_release_unit *units; /* one per command; the manifest */
	size_t *changed; size_t changed_count; /* commands to be parsed */
	struct graph_ahead *ahead; size_t next_ahead; /* of units that did not change, those before next_ahead */
	char *name, *commit;
	struct extract_statistics statistics;
	struct derive_summary derived;
	struct past_told past; /* what is to be said of the history */
	struct timespec start;
	bool was_current;
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

static bool matches(const struct config_strings *globs, const char *path)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_match(globs->items[i], path))
			return true;
	return false;
}

/* ---- what to parse ---- */

/* What a refused build recorded must not stand in for a good record: it gets the name only when it was accepted. */
static int record_build(struct scan *scan, const char *build, const struct warnings *warnings, char **path, struct err *err)
{
	char *folder = path_join(scan->session.root, ".sightline");
	char *fresh = path_join(folder, "recorded.json"), *final = path_join(folder, "compile_commands.json");
	int result = dir_create(folder, err);
	if (!result)
		result = commands_record(scan->session.root, build, fresh, warnings, err);
	if (!result && rename(fresh, final))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", final);
	if (!result)
		*path = mem_strdup(final);
	free(folder);
	free(fresh);
	free(final);
	return result;
}

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
		result = record_build(scan, build, &warnings, &path, err);
	} else {
		result = commands_find(scan->session.root, explicit_path, &path, err);
	}
	if (!result) {
		result = commands_load(scan->session.root, path, &warnings, &scan->list, err);
	} else if (result == ERR_NOT_FOUND && !build && !explicit_path) {
		const char **skip = mem_zalloc(config->exclude.count + 1, sizeof *skip);
		for (size_t i = 0; i < config->exclude.count; i++)
			skip[i] = config->exclude.items[i];
		result = commands_infer(scan->session.root, skip, &warnings, &scan->list, err);
		free(skip);
	}
	free(path);
	return result;
}

/* Excluded files are taken out of the list's view by leaving them out of units. */
static size_t keep_wanted(struct scan *scan)
{
	struct command_list *list = scan->list;
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++)
		if (!matches(&scan->session.config->exclude, list->commands[i].path))
			list->commands[kept++] = list->commands[i];
	size_t excluded = list->count - kept;
	list->count = kept;
	return excluded;
}

/* ---- parsing what changed ---- */

static int find_changed(struct scan *scan, struct err *err)
{
	struct command_list *list = scan->list;
	struct input_checker *checker = input_checker_create(scan->session.root, EXTRACT_ID);
	int result = 0;
	scan->units = mem_zalloc(list->count + 1, sizeof *scan->units);
	scan->changed = mem_zalloc(list->count + 1, sizeof *scan->changed);
	for (size_t i = 0; !result && i < list->count; i++) {
		const struct command *command = &list->commands[i];
		struct model_unit cached;
		progress_report(&scan->terminal.progress, "checking", i, list->count, NULL);
		scan->units[i] = (struct model_release_unit){command->path, command->command_hash, {0, 0}};
		result = model_unit_cached(scan->session.model, command->path, command->command_hash, &cached, err);
		if (!result) {
			struct unit_inputs inputs = {(const char **)cached.files, cached.file_count, (const char **)cached.absent,
						     cached.absent_count};
			/* A unit that failed has no inputs: it is tried again each time. */
			if (cached.file_count && hash_equal(input_checker_key(checker, command, &inputs), cached.input_key)) {
				scan->units[i].facts_id = cached.facts_id;
				continue;
			}
		}
		if (!result || result == ERR_NOT_FOUND) {
			scan->changed[scan->changed_count++] = i;
			result = 0;
		}
	}
	input_checker_destroy(checker);
	return result;
}

static int take_chunk(void *context, struct hash128 id, const void *bytes, size_t length, struct err *err)
{
	struct scan *scan = context;
	return model_chunk_put(scan->session.model, id, bytes, length, err);
}

static int take_unit(void *context, const struct extracted_unit *unit, struct err *err)
{
	struct scan *scan = context;
	const struct command *command = &scan->list->commands[unit->command];
	scan->units[unit->command].facts_id = unit->facts_id;
	struct model_unit row = {
		.path = command->path, .command_hash = command->command_hash, .facts_id = unit->facts_id,
		.facts = unit->facts, .facts_length = unit->facts_length, .input_key = unit->input_key,
		.files = unit->inputs.files, .file_count = unit->inputs.file_count,
		.absent = unit->inputs.absent, .absent_count = unit->inputs.absent_count,
	};
	return model_unit_put(scan->session.model, &row, err);
}

static int parse_jobs(const struct options *options, unsigned *jobs, struct err *err)
{
	const char *text = options_value(options, "jobs");
	cpu_set_t cpus;
	char *end;
	*jobs = sched_getaffinity(0, sizeof cpus, &cpus) ? 1 : (unsigned)CPU_COUNT(&cpus);
	if (!text)
		return 0;
	unsigned long value = strtoul(text, &end, 10);
	if (*end || end == text || *text == '-' || value < 1 || value > 1024)
		return err_set(err, ERR_INPUT, "--jobs %s: give a number from 1 to 1024", text);
	*jobs = (unsigned)value;
	return 0;
}

/* 0: the extractor's own limit. */
static int parse_unit_timeout(const struct options *options, unsigned *seconds, struct err *err)
{
	const char *text = options_value(options, "unit-timeout");
	char *end;
	if (!text)
		return 0;
	unsigned long value = strtoul(text, &end, 10);
	if (*end || end == text || *text == '-' || value < 1 || value > 86400)
		return err_set(err, ERR_INPUT, "--unit-timeout %s: give a number of seconds from 1 to 86400", text);
	*seconds = (unsigned)value;
	return 0;
}

/* AddressSanitizer reserves terabytes of addresses at once: a limit on them would fail every unit. 0: the usual limit. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WORKER_BYTES SIZE_MAX
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WORKER_BYTES SIZE_MAX
#endif
#ifndef WORKER_BYTES
#define WORKER_BYTES 0
#endif

/* While workers parse the few units that changed, facts of the others are read. */
static bool read_ahead(void *context)
{
	struct scan *scan = context;
	struct hash128 unknown = {0, 0};
	while (scan->next_ahead < scan->list->count && hash_equal(scan->units[scan->next_ahead].facts_id, unknown))
		scan->next_ahead++;
	if (scan->next_ahead >= scan->list->count)
		return false;
	graph_ahead_take(scan->ahead, scan->session.model, &scan->units[scan->next_ahead++]);
	return true;
}

static int parse_changed(struct scan *scan, unsigned jobs, unsigned unit_seconds, struct err *err)
{
	struct extract_sink sink = {.chunk = take_chunk, .unit = take_unit, .context = scan};
	const char *no_prefix = getenv("SIGHTLINE_NO_PREFIX"); /* for tests: the same facts must come out */
	struct extract_options how = {.jobs = jobs, .unit_seconds = unit_seconds, .worker_bytes = WORKER_BYTES,
				      .share_prefixes = !(no_prefix && *no_prefix),
				      .tool_version = EXTRACT_ID};
	if (!scan->changed_count)
		return 0;
	if (scan->changed_count <= jobs) {
		/* More would keep all processors busy: nothing would be gained, and memory be used beside that of the workers. */
		scan->ahead = graph_ahead_create();
		sink.idle = read_ahead;
	}
	return extract_run(scan->list, scan->changed, scan->changed_count, &how, &sink, &scan->terminal.progress,
			   &scan->statistics, err);
}

/* ---- the release ---- */

static int store_release(struct scan *scan, const struct options *options, struct err *err)
{
	const char *asked = options_value(options, "release");
	git_describe(scan->session.root, &scan->name, &scan->commit);
	if (asked || !*scan->name) {
		free(scan->name);
		scan->name = mem_strdup(asked ? asked : "unversioned");
	}
	if (!*scan->name || !text_is_utf8(scan->name, strlen(scan->name)))
		return err_set(err, ERR_INPUT, "--release: the name must be non-empty UTF-8");
	struct model_release release = {.name = scan->name, .git_commit = scan->commit, .created_at = (int64_t)time(NULL),
					.units = scan->units, .unit_count = scan->list->count, .missing = scan->list->missing};
	struct domains_options domains = {0};
	int result = domain_options_read(options, &domains, err);
	if (!result && !options_has(options, "no-history"))
		result = past_read(&scan->session, &scan->terminal.progress, &release, &scan->past, err);
	if (result)
		return result;
	/* Also where something was parsed that says what it said before. */
	scan->was_current = model_release_is_current(scan->session.model, &release,
									      derive_key(scan->session.config, &domains));
	if (scan->was_current)
		return 0;
	struct graph *graph;
	progress_report(&scan->terminal.progress, "linking", 0, 0, NULL);
	result = graph_load(scan->session.model, release.units, release.unit_count, scan->ahead, &graph, err);
	if (result)
		return result;
	graph_ahead_destroy(scan->ahead);
	scan->ahead = NULL;
	char *discovery = domain_options_write(&domains);
	release.discovery = discovery;
	result = derive_release(scan->session.model, &release, scan->session.config, graph, &domains, &scan->terminal.progress,
				&scan->derived, err);
	free(discovery);
	return result;
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

static int print_summary(const struct scan *scan, size_t excluded, struct err *err)
{
	const struct command_list *list = scan->list;
	const char *bold = terminal_style(stdout, STYLE_BOLD), *plain = terminal_style(stdout, STYLE_PLAIN);
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	terminal_append(&name, scan->name, strlen(scan->name));
	if (scan->derived.cold_gain > 0.01)
		fprintf(stderr, "sightline: the domains of before fit this release less well: found anew they would have %.1f %% more "
			"modularity; see them with 'sightline scan --fresh'\n", 100 * scan->derived.cold_gain);
	printf("%srelease %s%s: %zu unit%s in %.1f s (%zu parsed, %zu unchanged)%s\n", bold, name.data ? name.data : "", plain, list->count,
	       list->count == 1 ? "" : "s", elapsed(scan), scan->changed_count, list->count - scan->changed_count,
	       scan->was_current ? "; nothing changed since it was stored" : "");
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
	print_left_out(list, excluded);
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
		   "under another name with --release", scan->name, scan->derived.observations_dropped,
		   scan->derived.observations_dropped == 1 ? "run" : "runs", scan->derived.observations_dropped == 1 ? "was" : "were");
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

static int run_scan(const struct options *options, int *code, struct err *err)
{
	struct scan scan = {0};
	unsigned jobs = 1, unit_seconds = 0;
	size_t excluded = 0;
	int64_t not_ok = 0;
	clock_gettime(CLOCK_MONOTONIC, &scan.start);
	if (options->operand_count > 1)
		return err_set(err, ERR_INPUT, "sightline scan: one folder at a time; \"%s\" is a second one", options->operands[1]);
	int result = parse_jobs(options, &jobs, err);
	if (!result)
		result = parse_unit_timeout(options, &unit_seconds, err);
	if (!result)
		result = session_start(options, options->operand_count ? options->operands[0] : ".", &scan.session, err);
	terminal_progress_init(&scan.terminal, options_has(options, "quiet"));
	if (!result)
		result = reference_use(options, scan.session.config, err);
	if (!result)
		result = verdicts_check(scan.session.config, err);
	if (!result)
		result = find_commands(&scan, options, err);
	if (!result) {
		excluded = keep_wanted(&scan);
		result = model_open(scan.session.database, MODEL_WRITE, &scan.session.model, err);
	}
	if (!result) {
		session_hide(&scan.session);
		result = find_changed(&scan, err);
	}
	if (!result)
		result = parse_changed(&scan, jobs, unit_seconds, err);
	if (!result)
		result = store_release(&scan, options, err);
	if (!result)
		result = model_codebase_put(scan.session.model, path_basename(scan.session.root), err);
	terminal_progress_clear(&scan.terminal);
	size_t rule_problems = scan.derived.rules.problem_count;
	derive_summary_finish(&scan.derived);
	if (!result && scan.derived.observations_dropped)
		tell_dropped(&scan);
	if (!result)
		result = count_missing(&scan, &not_ok, err);
	if (!result && !scan.session.quiet)
		result = print_summary(&scan, excluded, err);
	if (!result && options_has(options, "strict") && (not_ok || scan.list->missing || scan.list->broken || rule_problems)) {
		fprintf(stderr, "sightline: --strict: units not complete: %lld, files missing: %zu, entries unusable: %zu, rules broken: %zu\n",
			(long long)not_ok, scan.list->missing, scan.list->broken, rule_problems);
		*code = EXIT_GATE;
	}
	command_list_destroy(scan.list);
	free(scan.units);
	free(scan.changed);
	graph_ahead_destroy(scan.ahead);
	free(scan.name);
	free(scan.commit);
	session_finish(&scan.session);
	return result;
}

static const struct option_spec scan_options[] = {
	OPTION_RULES, OPTION_REFERENCE,
	{'p', "compile-commands", "PATH", "compile_commands.json, or the folder that holds it (default: looked for)"},
	{'r', "release", "NAME", "name of the release (default: git describe --tags --always --dirty)"},
	{'j', "jobs", "N", "parallel workers (default: one per processor)"},
	{0, "unit-timeout", "SECONDS", "give a unit up after that long, and after one more try (default: 120)"},
	{0, "build", "'CMD'", "run this build and record its compile commands with bear"},
	OPTIONS_DOMAINS,
	{0, "no-history", NULL, "do not read the git repository's history: interest is left out of the score"},
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
