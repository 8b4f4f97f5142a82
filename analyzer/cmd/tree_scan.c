/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/tree_scan.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "buildfiles/installed.h"
#include "extract_id.h"

static bool matches(const struct config_strings *globs, const char *path)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_match(globs->items[i], path))
			return true;
	return false;
}

/* Excluded files are taken out of the list's view by leaving them out of units. */
static void keep_wanted(struct tree_scan *scan)
{
	struct command_list *list = scan->list;
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++)
		if (!matches(&scan->config->exclude, list->commands[i].path))
			list->commands[kept++] = list->commands[i];
	scan->excluded += list->count - kept;
	list->count = kept;
}

/* ---- parsing what changed ---- */

/* Was the unit parsed with just these inputs, now or some time ago? */
static int find_known(struct tree_scan *scan, struct input_checker *checker, size_t at, bool *known, struct err *err)
{
	const struct command *command = &scan->list->commands[at];
	int result = 0;
	for (size_t back = 0; !*known && back <= MODEL_UNIT_BACK; back++) {
		struct model_unit cached;
		result = model_unit_cached(scan->model, command->path, command->command_hash, back, &cached, err);
		if (result)
			return result == ERR_NOT_FOUND ? 0 : result;
		struct unit_inputs inputs = {(const char **)cached.files, cached.file_count, (const char **)cached.absent,
					     cached.absent_count};
		/* A unit that failed has no inputs: it is tried again each time. */
		*known = cached.file_count && hash_equal(input_checker_key(checker, command, &inputs), cached.input_key);
		if (*known)
			scan->units[at].facts_id = cached.facts_id;
	}
	return 0;
}

static int find_changed(struct tree_scan *scan, struct err *err)
{
	struct command_list *list = scan->list;
	struct input_checker *checker = scan->checker ? scan->checker : input_checker_create(scan->list->root, EXTRACT_ID);
	int result = 0;
	scan->units = mem_zalloc(list->count + 1, sizeof *scan->units);
	scan->changed = mem_zalloc(list->count + 1, sizeof *scan->changed);
	for (size_t i = 0; !result && i < list->count; i++) {
		bool known = false;
		progress_report(scan->progress, "checking", i, list->count, NULL);
		scan->units[i] = (struct model_release_unit){list->commands[i].path, list->commands[i].command_hash, {0, 0}};
		result = find_known(scan, checker, i, &known, err);
		if (!result && !known)
			scan->changed[scan->changed_count++] = i;
	}
	input_checker_destroy(checker);
	scan->checker = NULL;
	return result;
}

static int take_chunk(void *context, struct hash128 id, const void *bytes, size_t length, struct err *err)
{
	struct tree_scan *scan = context;
	return model_chunk_put(scan->model, id, bytes, length, err);
}

static int take_unit(void *context, const struct extracted_unit *unit, struct err *err)
{
	struct tree_scan *scan = context;
	const struct command *command = &scan->list->commands[unit->command];
	scan->units[unit->command].facts_id = unit->facts_id;
	struct model_unit row = {
		.path = command->path, .command_hash = command->command_hash, .facts_id = unit->facts_id,
		.facts = unit->facts, .facts_length = unit->facts_length, .input_key = unit->input_key,
		.files = unit->inputs.files, .file_count = unit->inputs.file_count,
		.absent = unit->inputs.absent, .absent_count = unit->inputs.absent_count,
	};
	return model_unit_put(scan->model, &row, err);
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
	struct tree_scan *scan = context;
	struct hash128 unknown = {0, 0};
	if (scan->meanwhile) {
		scan->meanwhile(scan->meanwhile_context);
		scan->meanwhile = NULL;
		return true;
	}
	if (!scan->ahead)
		return false;
	while (scan->next_ahead < scan->list->count && hash_equal(scan->units[scan->next_ahead].facts_id, unknown))
		scan->next_ahead++;
	if (scan->next_ahead >= scan->list->count) {
		model_read_ahead(scan->model, DERIVE_AHEAD_BYTES);
		return false;
	}
	struct err told_when_loading = {0};
	if (!graph_ahead_take(scan->ahead, scan->model, &scan->units[scan->next_ahead++], &told_when_loading))
		return true;
	graph_ahead_destroy(scan->ahead);
	scan->ahead = NULL;
	return false;
}

static int parse_changed(struct tree_scan *scan, struct err *err)
{
	struct extract_sink sink = {.chunk = take_chunk, .unit = take_unit, .context = scan};
	const char *no_prefix = getenv("SIGHTLINE_NO_PREFIX"); /* for tests: the same facts must come out */
	struct extract_options how = {.jobs = scan->how.jobs, .unit_seconds = scan->how.unit_seconds, .worker_bytes = WORKER_BYTES,
				      .share_prefixes = !(no_prefix && *no_prefix),
				      .tool_version = EXTRACT_ID};
	if (!scan->changed_count)
		return 0;
	if (scan->changed_count <= scan->how.jobs) {
		/* More would keep all processors busy: nothing would be gained, and memory be used beside that of the workers. */
		scan->ahead = graph_ahead_create();
		sink.idle = read_ahead;
	}
	return extract_run(scan->list, scan->changed, scan->changed_count, &how, &sink, scan->progress,
			   &scan->statistics, err);
}

/* What a refused build recorded must not stand in for a good record: it gets the name only when it was accepted. */
int tree_scan_record(const char *root, const char *build, const struct warnings *warnings, char **path, struct err *err)
{
	char *folder = path_join(root, ".sightline");
	char *fresh = path_join(folder, "recorded.json"), *final = path_join(folder, "compile_commands.json");
	int result = dir_create(folder, err);
	if (!result)
		result = commands_record(root, build, fresh, warnings, err);
	if (!result && rename(fresh, final))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", final);
	if (!result)
		*path = mem_strdup(final);
	free(folder);
	free(fresh);
	free(final);
	return result;
}

int tree_scan_parse(struct tree_scan *scan, struct err *err)
{
	keep_wanted(scan);
	int result = find_changed(scan, err);
	return result ? result : parse_changed(scan, err);
}

static void read_installed(struct tree_scan *scan)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	installed_read(scan->list->root, &text);
	free(scan->installed);
	scan->installed = buf_take(&text, NULL);
}

int tree_scan_store(struct tree_scan *scan, struct model_release *release, struct err *err)
{
	struct graph *graph;
	if (!*release->name || !text_is_utf8(release->name, strlen(release->name)))
		return err_set(err, ERR_INPUT, "--release: the name must be non-empty UTF-8");
	release->units = scan->units;
	release->unit_count = scan->list->count;
	release->missing = scan->list->missing;
	read_installed(scan);
	release->installed = scan->installed;
	/* Also where something was parsed that says what it said before. */
	scan->was_current = model_release_is_current(scan->model, release, derive_key(scan->config, &scan->how.domains));
	if (scan->was_current)
		return release->is_default ? model_release_set_default(scan->model, release->name, err) : 0;
	progress_report(scan->progress, "linking", 0, 0, NULL);
	int result = graph_load(scan->model, release->units, release->unit_count, scan->ahead, &graph, err);
	if (result)
		return result;
	graph_ahead_destroy(scan->ahead);
	scan->ahead = NULL;
	free(scan->discovery);
	release->discovery = scan->discovery = domain_options_write(&scan->how.domains);
	return derive_release(scan->model, release, scan->config, graph, &scan->how.domains, scan->progress, &scan->derived, err);
}

void tree_scan_finish(struct tree_scan *scan)
{
	derive_summary_finish(&scan->derived);
	input_checker_destroy(scan->checker);
	command_list_destroy(scan->list);
	graph_ahead_destroy(scan->ahead);
	free(scan->discovery);
	free(scan->installed);
	free(scan->units);
	free(scan->changed);
	memset(scan, 0, sizeof *scan);
}

/* ---- how, from the command line ---- */

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

int tree_scan_how(const struct options *options, struct tree_scan_how *out, struct err *err)
{
	struct tree_scan_how how = {.jobs = 1};
	int result = parse_jobs(options, &how.jobs, err);
	if (!result)
		result = parse_unit_timeout(options, &how.unit_seconds, err);
	if (!result)
		result = domain_options_read(options, &how.domains, err);
	if (!result)
		*out = how;
	return result;
}
