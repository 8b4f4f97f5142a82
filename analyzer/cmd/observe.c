/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/observe.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analysis/observed.h"
#include "base/mem.h"
#include "cmd/derive.h"
#include "cmd/domain_options.h"
#include "ingest/ingest.h"

#define NOTES_SHOWN 5

void observe_say(const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	struct buf safe;
	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		mem_exhausted(0);
	buf_init(&safe, BUF_NO_CEILING);
	terminal_append(&safe, text, (size_t)length);
	fprintf(stderr, "sightline: %s\n", safe.data ? safe.data : "");
	buf_finish(&safe);
	free(text);
}

int observe_has_release(const struct session *session, const char *release, struct err *err)
{
	struct model *model;
	char *name = NULL;
	if (access(session->database, F_OK))
		return err_set(err, ERR_NOT_FOUND, "%s: there is no model here yet; run 'sightline scan' first, or say where it is with --db",
			       session->database);
	int result = model_open(session->database, MODEL_READ, &model, err);
	if (result)
		return result;
	result = model_release_resolve(model, release, &name, err);
	free(name);
	model_close(model);
	return result;
}

/* ---- one run ---- */

static const char *string_of(const struct observation *observation, uint64_t index)
{
	return observation->strings[index];
}

static int refuse(const struct session *session, const struct observation *observation, const struct observed_identity *identity,
		  struct err *err)
{
	struct buf examples;
	buf_init(&examples, BUF_NO_CEILING);
	for (size_t i = 0; i < identity->stranger_count; i++) {
		const struct observed_stranger *row = &identity->strangers[i];
		buf_printf(&examples, "%s%s:%" PRIu64 " %s", i ? "; " : "", row->file, row->line, row->name);
		if (row->line_in_release)
			buf_printf(&examples, " (there at line %u)", row->line_in_release);
	}
	int result = err_set(err, ERR_INPUT, "the run of %s is of another build than release %s: %" PRIu64 " of %" PRIu64
			     " functions are not where the release has them: %s; scan the tree that was built, or ingest with --force to add "
			     "it marked as foreign", string_of(observation, observation->runs->program_string), session->release,
			     identity->described - identity->matched, identity->described, examples.data ? examples.data : "");
	buf_finish(&examples);
	return result;
}

static void tell_identity(const struct session *session, const struct observation *observation,
			  const struct observed_identity *identity)
{
	const char *program = string_of(observation, observation->runs->program_string);
	if (!identity->matched && !identity->by_name)
		observe_say("nothing that %s ran is known to release %s: was it built with -g, from the tree in %s?%s", program,
			    session->release, session->root, identity->elsewhere ? " What it ran of this tree was not scanned." : "");
	else if (identity->by_name && !identity->described)
		observe_say("%s has no debug information: %" PRIu64 " functions were recognised by their names alone; build it with -g to "
			    "tell static functions apart, to see calls of inlined ones and to know that it is of this release", program, identity->by_name);
}

struct taking { struct session *session; const struct graph *graph; bool force; struct observe_outcome *outcome; };

/* err: of what stops everything; refusals are told, the first one in *first. */
static int take_run(struct taking *taking, const struct ingest_run *run, struct err *first, struct err *err)
{
	struct arena *arena = arena_create();
	struct observation observation;
	struct observed_identity identity;
	struct err refusal = {0};
	enum model_put put = MODEL_ADDED;
	int result = observation_decode(run->bytes.data, run->bytes.length, arena, &observation, err);
	if (result) {
		arena_destroy(arena);
		return result;
	}
	observed_identify(taking->graph, &observation, &identity);
	bool foreign = observed_is_foreign(&identity);
	if (foreign && !taking->force) {
		refuse(taking->session, &observation, &identity, &refusal);
	} else {
		result = model_observation_put(taking->session->model, taking->session->release, run->bytes.data, run->bytes.length,
					       foreign ? OBSERVATION_FOREIGN : 0, (int64_t)time(NULL), &put, err);
		if (!result && put == MODEL_OVERLAPS)
			err_set(&refusal, ERR_INPUT, "some traces of the run of %s are in release %s already, together with others that are not "
				"given now: ingest all files of run %s at once", string_of(&observation, observation.runs->program_string),
				taking->session->release, run->run_id);
	}
	if (refusal.code) {
		taking->outcome->refused++;
		if (first->code)
			observe_say("%s", refusal.text);
		else
			*first = refusal;
	} else if (!result && put == MODEL_REPEATED) {
		taking->outcome->repeated++;
		observe_say("the run of %s is in release %s already; nothing was added", string_of(&observation,
			    observation.runs->program_string), taking->session->release);
	} else if (!result) {
		taking->outcome->stored++;
		if (put == MODEL_REPLACED)
			observe_say("an earlier copy of the run of %s was replaced", string_of(&observation, observation.runs->program_string));
		if (foreign)
			observe_say("the run of %s is of another build than release %s: marked as foreign", string_of(&observation,
				    observation.runs->program_string), taking->session->release);
		tell_identity(taking->session, &observation, &identity);
		if ((observation.runs->flags & OBSERVATION_TIMED) && !observation.times_count)
			observe_say("--time measured nothing: only what is built with -finstrument-functions tells when a function ends; entry "
				    "hooks (-pg -mfentry, -fpatchable-function-entry, --mode patch) see where it begins");
	}
	arena_destroy(arena);
	return result;
}

/* ---- all of them ---- */

static void tell_notes(const struct ingest_report *report, bool quiet)
{
	size_t shown = 0;
	for (size_t i = 0; i < report->note_count; i++) {
		bool is_grave = report->notes[i].kind == INGEST_NOTE_DAMAGED || report->notes[i].kind == INGEST_NOTE_REFUSED;
		if ((quiet && !is_grave) || shown++ >= NOTES_SHOWN)
			continue;
		observe_say("%s", report->notes[i].text);
	}
	if (shown > NOTES_SHOWN)
		observe_say("... and %zu more notes", shown - NOTES_SHOWN);
}

static int store(struct session *session, const struct ingest_report *report, bool force, struct terminal_progress *progress,
		 struct observe_outcome *outcome, struct err *first, struct err *err)
{
	struct model_release release;
	struct graph *graph = NULL;
	struct derive_summary ignored = {0};
	struct domains_options domains = {0};
	int result = model_release_read(session->model, session->release, &release, err);
	if (result)
		return result;
	result = domain_options_parse(release.discovery, &domains, err);
	progress_report(&progress->progress, "linking", 0, 0, NULL);
	if (!result)
		result = graph_load(session->model, release.units, release.unit_count, NULL, &graph, err);
	terminal_progress_clear(progress);
	struct taking taking = {session, graph, force, outcome};
	for (size_t i = 0; !result && i < report->run_count; i++)
		result = take_run(&taking, &report->runs[i], first, err);
	/* Also where a run that is there was never joined: derived rows are made anew whenever they are not current. */
	if (!result && !model_release_is_current(session->model, &release, derive_key(session->config, &domains))) {
		result = derive_release(session->model, &release, session->config, graph, &domains, &progress->progress, &ignored, err);
		graph = NULL;
	}
	terminal_progress_clear(progress);
	derive_summary_finish(&ignored);
	graph_destroy(graph);
	model_release_free(&release);
	return result;
}

int observe_files(struct session *session, const char *release, const struct trace_files *files, bool force,
		  struct terminal_progress *progress, struct observe_outcome *outcome, struct err *err)
{
	struct ingest_options options = {.root = session->root, .home = getenv("HOME"), .progress = &progress->progress};
	struct ingest_report report;
	struct err first = {0};
	*outcome = (struct observe_outcome){0};
	int result = observe_has_release(session, release, err);
	if (!result)
		result = ingest_files((const char *const *)files->paths, files->count, &options, &report, err);
	terminal_progress_clear(progress);
	if (result)
		return result;
	tell_notes(&report, session->quiet);
	outcome->running = report.running;
	result = model_open(session->database, MODEL_WRITE, &session->model, err);
	if (!result)
		result = model_release_resolve(session->model, release, &session->release, err);
	if (!result)
		result = store(session, &report, force, progress, outcome, &first, err);
	ingest_report_finish(&report);
	if (!result && first.code) {
		*err = first;
		result = first.code;
	}
	return result;
}

int observe_print(const struct session *session, struct err *err)
{
	const char *parameters[] = {session->release};
	const char *bold = terminal_style(stderr, STYLE_BOLD), *plain = terminal_style(stderr, STYLE_PLAIN);
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "ingest_summary", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		terminal_print(stderr, "  ", rows_text(rows, 0, NULL), "\n");
	rows_close(rows);
	if (!result)
		fprintf(stderr, "%sNext%s\n  sightline flows                    what each entry point did, sightline flows main --format mermaid\n"
			"  sightline resources                files, sockets, locks ... and who uses them\n"
			"  sightline show NAME                callers and callees with counts\n"
			"  sightline report -o runs.svg       what is written, what ran, and both\n", bold, plain);
	return result;
}
