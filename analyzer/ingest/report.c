/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of an ingest: its lists. */
#include "ingest/report.h"

#include <stdlib.h>
#include <string.h>

#include "agent/trace_format.h"
#include "base/mem.h"

#define NOTES_CEILING 1000

const char *ingest_loss_name(unsigned loss)
{
	static const char *const NAMES[] = {
		[TRACE_LOST_EDGES] = "calls", [TRACE_LOST_USES] = "resource events", [TRACE_LOST_STACKS] = "stacks",
		[TRACE_LOST_SAMPLES] = "samples", [TRACE_LOST_MODULES] = "modules", [TRACE_LOST_THREADS] = "threads of their own",
		[TRACE_LOST_CHILDREN] = "child processes", [TRACE_LOST_FRAMES] = "frames",
	};
	return loss < sizeof NAMES / sizeof *NAMES ? NAMES[loss] : NULL;
}

void report_note(struct ingest_report *report, enum ingest_note_kind kind, const char *text)
{
	for (size_t i = 0; i < report->note_count; i++)
		if (report->notes[i].kind == kind && strcmp(report->notes[i].text, text) == 0)
			return;
	if (report->note_count >= NOTES_CEILING)
		return;
	report->notes = mem_realloc(report->notes, (report->note_count + 1) * sizeof *report->notes);
	report->notes[report->note_count++] = (struct ingest_note){kind, mem_strdup(text)};
}

void report_add_run(struct ingest_report *report, const struct ingest_run *run)
{
	report->runs = mem_realloc(report->runs, (report->run_count + 1) * sizeof *report->runs);
	report->runs[report->run_count++] = *run;
}

static int compare_notes(const void *a, const void *b)
{
	const struct ingest_note *x = a, *y = b;
	return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->text, y->text);
}

void report_sort(struct ingest_report *report)
{
	if (report->note_count)
		qsort(report->notes, report->note_count, sizeof *report->notes, compare_notes);
}

void ingest_report_finish(struct ingest_report *report)
{
	for (size_t i = 0; i < report->run_count; i++)
		buf_finish(&report->runs[i].bytes);
	for (size_t i = 0; i < report->note_count; i++)
		free(report->notes[i].text);
	free(report->runs);
	free(report->notes);
	*report = (struct ingest_report){0};
}
