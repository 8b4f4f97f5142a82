/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline replay: the history of a codebase, one release for each tag. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/vcs.h"
#include "cmd/revision.h"
#include "cmd/terminal.h"

struct replay {
	struct session session;
	struct terminal_progress terminal;
	struct revisions revisions;
	bool again;
	size_t stored, known, skipped;
	char *told;              /* what was told of the tag before: it is not told of each */
	struct timespec start;
};

static void warn(void *context, const char *line)
{
	struct replay *replay = context;
	terminal_progress_clear(&replay->terminal);
	terminal_print(stderr, "sightline: warning: ", line, "\n");
}

static double seconds_since(struct timespec start)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9;
}

static void tell_stored(struct replay *replay, const struct vcs_tag *tag, const struct revision_notes *notes, double seconds)
{
	if (replay->session.quiet)
		return;
	struct buf line, said;
	buf_init(&line, BUF_NO_CEILING);
	buf_init(&said, BUF_NO_CEILING);
	revision_notes_append(&said, notes);
	terminal_append(&line, tag->name, strlen(tag->name));
	if (notes->was_known)
		printf("%-20s stored already\n", line.data ? line.data : "");
	else
		printf("%-20s %5zu units, %5zu parsed, %6.1f s", line.data ? line.data : "", notes->units, notes->parsed, seconds);
	if (!notes->was_known) {
		const char *text = said.data ? said.data : "";
		bool is_new = *text && (!replay->told || strcmp(replay->told, text));
		terminal_print(stdout, is_new ? "; " : "", is_new ? text : "", "\n");
		free(replay->told);
		replay->told = mem_strdup(text);
	}
	fflush(stdout);
	buf_finish(&line);
	buf_finish(&said);
}

/* A release of that name that somebody scanned: it may be another build, or have runs. It is theirs. */
static int is_foreign(struct replay *replay, const char *name, bool *foreign, struct err *err)
{
	struct buf key;
	char *remark = NULL;
	struct model_release release;
	buf_init(&key, BUF_NO_CEILING);
	buf_printf(&key, "revision %s", name);
	int result = model_remark(replay->session.model, key.data, &remark, err);
	buf_finish(&key);
	*foreign = false;
	if (!result && !*remark) {
		struct err ignored;
		int found = model_release_read(replay->session.model, name, &release, &ignored);
		if (!found)
			model_release_free(&release);
		else if (found != ERR_NOT_FOUND)
			result = err_set(err, found, "%s", ignored.text);
		*foreign = !found;
	}
	free(remark);
	return result;
}

/* What this tag alone cannot do is told, and the next one tried. */
static bool is_its_own(int result)
{
	return result == ERR_INPUT || result == ERR_NOT_FOUND || result == ERR_LIMIT;
}

static int replay_tag(struct replay *replay, const struct vcs_tag *tag, struct err *err)
{
	struct revision_notes notes;
	struct timespec start;
	bool foreign = false;
	clock_gettime(CLOCK_MONOTONIC, &start);
	int result = replay->again ? 0 : is_foreign(replay, tag->name, &foreign, err);
	if (result)
		return result;
	if (foreign) {
		notes = (struct revision_notes){.was_known = true};
	} else {
		result = revisions_scan(&replay->revisions, tag->commit, tag->name, &notes, err);
		terminal_progress_clear(&replay->terminal);
	}
	if (is_its_own(result)) {
		struct buf line;
		buf_init(&line, BUF_NO_CEILING);
		buf_printf(&line, "%s is skipped: %s", tag->name, err->text);
		warn(replay, line.data);
		buf_finish(&line);
		replay->skipped++;
		*err = (struct err){0};
		return 0;
	}
	if (result)
		return result;
	/* The next tag's domains start from this one's. */
	result = model_release_set_default(replay->session.model, tag->name, err);
	if (result)
		return result;
	replay->stored += !notes.was_known;
	replay->known += notes.was_known;
	tell_stored(replay, tag, &notes, seconds_since(start));
	return 0;
}

static int parse_last(const struct options *options, size_t *last, struct err *err)
{
	const char *text = options_value(options, "last");
	char *end;
	*last = SIZE_MAX;
	if (!text)
		return 0;
	unsigned long value = strtoul(text, &end, 10);
	if (*end || end == text || *text == '-' || value < 1 || value > 100000)
		return err_set(err, ERR_INPUT, "--last %s: give a number from 1 to 100000", text);
	*last = value;
	return 0;
}

static void print_closing(const struct replay *replay)
{
	if (replay->session.quiet)
		return;
	printf("%zu releases stored, %zu were there, %zu skipped, in %.1f s\n", replay->stored, replay->known, replay->skipped,
	       seconds_since(replay->start));
	if (replay->stored + replay->known > 1)
		printf("\n%sNext%s\n  sightline report --trend -o trend.svg    domains, debt, cycles and size over these releases\n"
		       "  sightline releases\n", terminal_style(stdout, STYLE_BOLD), terminal_style(stdout, STYLE_PLAIN));
}

/* What was scanned stays what is looked at, whichever tags are stored beside it; what was replayed gives way to what is now. name: heap,
 * NULL where nothing was. */
static int find_scanned(struct replay *replay, char **name, struct err *err)
{
	struct err none = {0};
	bool scanned = false;
	int result = model_release_resolve(replay->session.model, NULL, name, &none);
	if (result)
		return result == ERR_NOT_FOUND ? 0 : err_set(err, result, "%s", none.text);
	result = is_foreign(replay, *name, &scanned, err);
	if (!scanned) {
		free(*name);
		*name = NULL;
	}
	return result;
}

static int replay_tags(struct replay *replay, const struct vcs_tag *tags, size_t count, int *code, struct err *err)
{
	char *scanned = NULL;
	int result = find_scanned(replay, &scanned, err);
	for (size_t i = 0; !result && i < count; i++)
		result = replay_tag(replay, &tags[i], err);
	terminal_progress_clear(&replay->terminal);
	struct err ignored = {0};
	int restored = scanned ? model_release_set_default(replay->session.model, scanned, result ? &ignored : err) : 0;
	free(scanned);
	result = result ? result : restored;
	if (!result)
		result = model_codebase_put(replay->session.model, path_basename(replay->session.root), err);
	if (!result)
		print_closing(replay);
	if (!result && replay->skipped == count)
		*code = EXIT_BAD_INPUT; /* nothing came of it */
	return result;
}

static int start(struct replay *replay, const struct options *options, struct err *err)
{
	struct tree_scan_how how;
	struct warnings warnings = {warn, replay};
	if (options_has(options, "build") && options_has(options, "compile-commands"))
		return err_set(err, ERR_INPUT, "--build and --compile-commands exclude each other");
	int result = tree_scan_how(options, &how, err);
	if (!result)
		result = session_start(options, options->operand_count ? options->operands[0] : ".", &replay->session, err);
	terminal_progress_init(&replay->terminal, options_has(options, "quiet"));
	if (!result)
		result = model_open(replay->session.database, MODEL_WRITE, &replay->session.model, err);
	if (result)
		return result;
	session_hide(&replay->session);
	result = revisions_start(&replay->session, &how, options_value(options, "build"), options_value(options, "compile-commands"),
				 &replay->terminal.progress, &warnings, &replay->revisions, err);
	replay->revisions.with_history = !options_has(options, "no-history");
	return result;
}

static int run_replay(const struct options *options, int *code, struct err *err)
{
	struct replay replay = {.again = options_has(options, "again")};
	const char *glob = options_value(options, "tags");
	struct vcs_tag *tags = NULL;
	size_t count = 0, last = 0;
	clock_gettime(CLOCK_MONOTONIC, &replay.start);
	if (options->operand_count > 1)
		return err_set(err, ERR_INPUT, "sightline replay: one folder at a time; \"%s\" is a second one", options->operands[1]);
	int result = parse_last(options, &last, err);
	if (!result)
		result = start(&replay, options, err);
	if (!result)
		result = vcs_tags(replay.revisions.top, glob ? glob : "*", &tags, &count, err);
	if (!result && !count)
		result = err_set(err, ERR_INPUT, "%s: no tag matches \"%s\"; 'git tag' lists them, 'git fetch --tags' brings them", replay.revisions.top,
				 glob ? glob : "*");
	size_t first = count > last ? count - last : 0;
	if (!result)
		result = replay_tags(&replay, tags + first, count - first, code, err);
	terminal_progress_clear(&replay.terminal);
	free(tags);
	free(replay.told);
	revisions_finish(&replay.revisions);
	session_finish(&replay.session);
	return result;
}

static const struct option_spec replay_options[] = {
	OPTION_RULES,
	{0, "tags", "GLOB", "which tags (default: all of them)"},
	{0, "last", "N", "of these, the N with the highest versions"},
	{0, "build", "'CMD'", "run this build in each tag's own tree and record it with bear"},
	{'p', "compile-commands", "PATH", "the compile commands of the working tree (default: looked for)"},
	{0, "no-history", NULL, "do not read the history before each tag: interest is left out of the scores"},
	{0, "again", NULL, "scan anew what was scanned by hand under a tag's name; its recorded runs go"},
	OPTIONS_TREE_SCAN,
	OPTIONS_DOMAINS,
	{0, NULL, NULL, NULL},
};
const struct command_spec command_replay = {
	.name = "replay", .synopsis = "[DIR] [--tags GLOB] [--last N]", .summary = "scan the tags of a git history, one release each",
	.description =
		"Writes each tag to a folder of its own beside the model, scans it, and removes it; the working tree and the repository\n"
		"are not touched. Tags are taken in the order of their versions; what is the same in two of them is parsed once, and what\n"
		"is stored already is left alone, so that a replay that was stopped goes on where it was.\n"
		"\n"
		"Each tag is compiled as the working tree is: by its compile_commands.json, sources that have gone since as their\n"
		"neighbours are, generated files as they are now. What of that happened is told for each tag. For exact facts of old\n"
		"releases give --build, which runs in each tag's tree. A tag that does not build is told and skipped.",
	.examples = "  sightline replay --tags 'v2.*'\n      the history of a major version\n"
		    "  sightline replay --last 10 && sightline report --trend -o trend.svg\n      where is it going?\n"
		    "  sightline replay --tags '7.0.*' --build 'make -j4'\n      each as it was really built",
	.options = replay_options, .run = run_replay,
};
