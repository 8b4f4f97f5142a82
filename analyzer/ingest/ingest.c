/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the traces in the given files, puts them together by run, leaves repeats out, and makes one observation of each run,
 * one trace in memory at a time. */
#include "ingest/ingest.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/edges.h"
#include "ingest/image.h"
#include "ingest/report.h"
#include "ingest/resources.h"

/* One trace in one of the files. */
struct found {
	struct trace_place place;
	size_t path;
	bool is_repeat;
};
struct found_list { struct found *rows; size_t count, capacity; };

struct ingest {
	const char *const *paths;
	const struct ingest_options *options;
	struct ingest_report report;
	struct found_list found;
	struct symbol_cache *cache;
};

static void note(void *context, enum ingest_note_kind kind, const char *text)
{
	report_note(context, kind, text);
}

static void note_file(struct ingest *ingest, enum ingest_note_kind kind, size_t path, const char *why)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s: %s", ingest->paths[path], why);
	report_note(&ingest->report, kind, text.data);
	buf_finish(&text);
}

/* Lists the traces of a file. */
static int look_into(struct ingest *ingest, size_t path, struct err *err)
{
	struct trace_file file;
	int result = trace_file_open(ingest->paths[path], &file, err);
	if (result == ERR_INPUT) {
		note_file(ingest, INGEST_NOTE_REFUSED, path, "no regular file");
		ingest->report.refused++;
		return 0;
	}
	if (result)
		return result;
	size_t before = ingest->found.count;
	bool is_refused = false;
	for (;;) {
		struct found found = {.path = path};
		struct err why = {0};
		result = trace_file_next(&file, &found.place, &why);
		if (result == ERR_INPUT) {
			note_file(ingest, INGEST_NOTE_REFUSED, path, why.text);
			is_refused = true;
			continue;
		}
		if (result <= 0) {
			if (result < 0)
				*err = why;
			break;
		}
		mem_grow(&ingest->found.rows, &ingest->found.capacity, ingest->found.count + 1, sizeof *ingest->found.rows);
		ingest->found.rows[ingest->found.count++] = found;
	}
	trace_file_close(&file);
	if (ingest->found.count > before) {
		ingest->report.files++;
	} else if (!result) {
		ingest->report.refused++;
		if (!is_refused)
			note_file(ingest, INGEST_NOTE_REFUSED, path, "no trace in it");
	}
	return result;
}

static int load(const struct ingest *ingest, const struct found *found, struct trace *trace, struct err *err)
{
	struct trace_file file;
	int result = trace_file_open(ingest->paths[found->path], &file, err);
	if (result)
		return result;
	result = trace_load(&file, &found->place, trace, err);
	trace_file_close(&file);
	return result ? err_prefix(err, "%s", ingest->paths[found->path]) : 0;
}

/* By run, then in the order in which the processes began, then by trace. */
static int compare_found(const void *a, const void *b)
{
	const struct trace_header *x = &((const struct found *)a)->place.header, *y = &((const struct found *)b)->place.header;
	int order = memcmp(x->run_id, y->run_id, sizeof x->run_id);
	if (order)
		return order;
	if (x->started_at != y->started_at)
		return x->started_at < y->started_at ? -1 : 1;
	order = memcmp(x->trace_id, y->trace_id, sizeof x->trace_id);
	if (order)
		return order;
	/* Copies of one trace: independent of how they were given, as far as they differ. */
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->state != y->state ? (x->state < y->state ? -1 : 1) : 0;
}

static bool is_same_run(const struct found *a, const struct found *b)
{
	return memcmp(a->place.header.run_id, b->place.header.run_id, sizeof a->place.header.run_id) == 0;
}

static bool is_same_trace(const struct found *a, const struct found *b)
{
	return is_same_run(a, b) && memcmp(a->place.header.trace_id, b->place.header.trace_id,
					   sizeof a->place.header.trace_id) == 0;
}

/* Of several copies of one trace the latest counts: that with the most events. */
static int leave_out_repeats(struct ingest *ingest, struct err *err)
{
	struct found *rows = ingest->found.rows;
	for (size_t i = 0, end; i < ingest->found.count; i = end) {
		uint64_t most = 0;
		size_t best = i;
		for (end = i + 1; end < ingest->found.count && is_same_trace(&rows[i], &rows[end]);)
			end++;
		for (size_t k = i; end - i > 1 && k < end; k++) {
			struct trace trace;
			int result = load(ingest, &rows[k], &trace, err);
			if (result)
				return result;
			uint64_t events = trace_events(&trace);
			trace_finish(&trace);
			if (events >= most)
				most = events, best = k;
			rows[k].is_repeat = true;
		}
		rows[best].is_repeat = false;
		ingest->report.repeats += end - i - 1;
	}
	return 0;
}

static void hex(const uint8_t id[16], char out[33])
{
	static const char DIGITS[] = "0123456789abcdef";
	for (int i = 0; i < 16; i++) {
		out[2 * i] = DIGITS[id[i] >> 4];
		out[2 * i + 1] = DIGITS[id[i] & 15];
	}
	out[32] = '\0';
}

static void read_times(const struct image *image)
{
	struct trace_rows rows;
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_TIMES, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_time *time = trace_row(&rows, i);
			struct place place = image_place(image, time->function, image->trace->header->order);
			if (!time->function || !place.module || !place.module->is_inside)
				continue;
			struct observation_time row = {image_place_row(image, &place, true), time->calls, time->total_ns, time->self_ns};
			observation_builder_add(image->run->builder, OBSERVATION_TABLE_times, &row);
		}
}

static void add_losses(struct ingest *ingest, const struct image *image)
{
	if (image->run->nowhere) {
		struct observation_loss row = {image_string(image, "resource events of code in no module"), image->run->nowhere};
		observation_builder_add(image->run->builder, OBSERVATION_TABLE_losses, &row);
	}
	for (unsigned i = 0; i < TRACE_LOSSES; i++) {
		uint64_t count = image->trace->header->lost[i], *sum = &ingest->report.lost[i];
		const char *name = ingest_loss_name(i);
		if (!count)
			continue;
		*sum = *sum > UINT64_MAX - count ? UINT64_MAX : *sum + count;
		if (name) {
			struct observation_loss row = {image_string(image, name), count};
			observation_builder_add(image->run->builder, OBSERVATION_TABLE_losses, &row);
		}
	}
}

/* Arguments: the words, separated by blanks. */
static uint64_t arguments_string(const struct image *image)
{
	size_t length = 0;
	const char *text = trace_text(image->trace, image->trace->header->arguments, &length);
	struct buf joined;
	buf_init(&joined, BUF_NO_CEILING);
	buf_append(&joined, text ? text : "", length);
	while (joined.length && !joined.data[joined.length - 1])
		joined.length--;
	for (size_t i = 0; i < joined.length; i++)
		joined.data[i] = joined.data[i] ? joined.data[i] : ' ';
	uint64_t result = observation_builder_string(image->run->builder, joined.data ? joined.data : "", joined.length);
	buf_finish(&joined);
	return result;
}

static uint64_t program_string(const struct image *image)
{
	size_t length = 0;
	const char *text = trace_text(image->trace, image->trace->header->program, &length);
	char *path = mem_strndup(text ? text : "", text ? length : 0);
	const char *below = path_below(path, image->run->options->root);
	uint64_t result = image_string(image, below && *below ? below : path_basename(path));
	free(path);
	return result;
}

static uint64_t run_flags(const struct trace_header *header)
{
	uint64_t flags = header->flags & TRACE_SAMPLED ? OBSERVATION_SAMPLED : 0;
	flags |= header->flags & TRACE_TIMED ? OBSERVATION_TIMED : 0;
	flags |= header->flags & TRACE_WAS_PAUSED ? OBSERVATION_PAUSED : 0;
	return flags | (header->state == TRACE_RUNNING || (header->flags & TRACE_SNAPSHOT) ? OBSERVATION_SNAPSHOT : 0);
}

/* One trace of a run. */
static void read_trace(struct ingest *ingest, struct run *run, const struct trace *trace, struct observation_run *row,
		       struct ingest_run *result)
{
	struct image image;
	image_init(&image, run, trace);
	const struct trace_header *header = trace->header;
	if (!row->processes) {
		row->run_string = image_string(&image, result->run_id);
		row->program_string = program_string(&image);
		row->arguments_string = arguments_string(&image);
		row->started_at = header->started_at;
	}
	row->processes++;
	row->flags |= run_flags(header);
	ingest->report.running += header->state == TRACE_RUNNING;
	edges_read(&image);
	resources_read(&image);
	read_times(&image);
	add_losses(ingest, &image);
	char id[33];
	hex(header->trace_id, id);
	uint64_t events = trace_events(trace);
	struct observation_trace trace_row = {image_string(&image, id), events};
	observation_builder_add(run->builder, OBSERVATION_TABLE_traces, &trace_row);
	result->traces++;
	result->events = result->events > UINT64_MAX - events ? UINT64_MAX : result->events + events;
	run->order += header->order < (uint64_t)1 << 40 ? header->order : 0;
	run->round++;
	image_finish(&image);
}

static int compare_pids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static uint32_t *pids_of(const struct found *rows, size_t count)
{
	uint32_t *pids = mem_alloc((count + 1) * sizeof *pids);
	for (size_t i = 0; i < count; i++)
		pids[i] = rows[i].place.header.pid;
	qsort(pids, count, sizeof *pids, compare_pids);
	return pids;
}

static int read_run(struct ingest *ingest, size_t from, size_t to, uint64_t *round, size_t *done, struct err *err)
{
	struct ingest_run result = {0};
	struct observation_run row = {0};
	uint32_t *pids = pids_of(ingest->found.rows + from, to - from);
	struct run run = {.options = ingest->options, .cache = ingest->cache, .builder = observation_builder_create(),
			  .round = *round, .note = note, .note_context = &ingest->report, .pids = pids, .pid_count = to - from};
	int code = 0;
	hex(ingest->found.rows[from].place.header.run_id, result.run_id);
	for (size_t i = from; !code && i < to; i++) {
		const struct found *found = &ingest->found.rows[i];
		struct trace trace;
		progress_report(ingest->options->progress, "reading traces", (*done)++, ingest->found.count,
				ingest->paths[found->path]);
		if (found->is_repeat)
			continue;
		code = load(ingest, found, &trace, err);
		if (code)
			break;
		uint64_t damaged = trace.damaged + found->place.is_cut;
		run.damaged = run.nowhere = 0;
		read_trace(ingest, &run, &trace, &row, &result);
		damaged += run.damaged;
		ingest->report.damaged += damaged;
		if (damaged)
			note_file(ingest, INGEST_NOTE_DAMAGED, found->path, "damaged or cut: parts of it could not be used");
		trace_finish(&trace);
	}
	*round = run.round;
	if (!code) {
		observation_builder_add(run.builder, OBSERVATION_TABLE_runs, &row);
		buf_init(&result.bytes, BUF_NO_CEILING);
		observation_builder_finish(run.builder, &result.bytes);
		ingest->report.traces += result.traces;
		report_add_run(&ingest->report, &result);
	}
	observation_builder_destroy(run.builder);
	free(pids);
	return code;
}

static int read_runs(struct ingest *ingest, struct err *err)
{
	struct found *rows = ingest->found.rows;
	uint64_t round = 1; /* 0: none yet */
	size_t done = 0;
	for (size_t i = 0, end; i < ingest->found.count; i = end) {
		for (end = i + 1; end < ingest->found.count && is_same_run(&rows[i], &rows[end]);)
			end++;
		int result = read_run(ingest, i, end, &round, &done, err);
		if (result)
			return result;
	}
	return 0;
}

static int compare_runs(const void *a, const void *b)
{
	const struct ingest_run *x = a, *y = b;
	return strcmp(x->run_id, y->run_id);
}

int ingest_files(const char *const *paths, size_t count, const struct ingest_options *options,
		 struct ingest_report *report, struct err *err)
{
	struct ingest ingest = {.paths = paths, .options = options, .cache = symbol_cache_create()};
	int result = 0;
	for (size_t i = 0; !result && i < count; i++) {
		progress_report(options->progress, "looking for traces", i, count, paths[i]);
		result = look_into(&ingest, i, err);
	}
	if (!result && !ingest.found.count)
		result = err_set(err, ERR_INPUT, "%s: no trace in it%s", count ? paths[0] : "no file",
				 count > 1 ? ", nor in the other files" : "");
	if (!result) {
		qsort(ingest.found.rows, ingest.found.count, sizeof *ingest.found.rows, compare_found);
		result = leave_out_repeats(&ingest, err);
	}
	if (!result)
		result = read_runs(&ingest, err);
	if (!result) {
		qsort(ingest.report.runs, ingest.report.run_count, sizeof *ingest.report.runs, compare_runs);
		report_sort(&ingest.report);
		*report = ingest.report;
	} else {
		ingest_report_finish(&ingest.report);
	}
	symbol_cache_destroy(ingest.cache);
	free(ingest.found.rows);
	return result;
}
