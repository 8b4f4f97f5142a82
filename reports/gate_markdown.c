/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate_markdown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export_text.h"
#include "flowchart.h"

#define MOST_ROWS 10    /* of a kind, shown */
#define MOST_PLACES 3   /* of a row */
#define MOST_ARROWS 20  /* in the picture */
#define LINE 300        /* characters */

static void put_place(struct sink *sink, const char *file, uint32_t line)
{
	char place[LINE + 16];
	snprintf(place, sizeof place, line ? "%.*s:%u" : "%.*s", LINE, file, line);
	markdown_code(sink, place, LINE);
}

static void put_verdict(struct sink *sink, const struct gate_report *report)
{
	size_t failed = report->counts[GATE_NEW][GATE_FAILED], broken = 0;
	for (size_t i = 0; i < report->limit_count; i++)
		broken += report->limits[i].is_broken;
	sink_string(sink, report->has_failed ? "### ❌ Architecture: " : "### ✅ Architecture: ");
	if (report->has_failed) {
		sink_printf(sink, "%zu change%s that the policy forbids", failed + broken, failed + broken == 1 ? "" : "s");
	} else if (report->counts[GATE_NEW][GATE_WARNED]) {
		sink_printf(sink, "nothing forbidden, %zu to look at", report->counts[GATE_NEW][GATE_WARNED]);
	} else {
		sink_string(sink, "nothing got worse");
	}
	sink_string(sink, "\n\n");
	markdown_text(sink, report->base, LINE);
	sink_string(sink, " → ");
	markdown_text(sink, report->head, LINE);
	size_t known = report->counts[GATE_KNOWN][GATE_FAILED] + report->counts[GATE_KNOWN][GATE_WARNED];
	size_t fixed = report->counts[GATE_FIXED][GATE_IGNORED] + report->counts[GATE_FIXED][GATE_WARNED] + report->counts[GATE_FIXED][GATE_FAILED];
	if (known)
		sink_printf(sink, " · %zu accepted by the baseline", known);
	if (fixed)
		sink_printf(sink, " · %zu for the better", fixed);
	sink_string(sink, "\n");
}

/* ---- the picture ---- */

static void put_picture(struct sink *sink, const struct gate_report *report)
{
	size_t arrows = 0;
	for (size_t i = 0; i < report->row_count; i++)
		arrows += report->rows[i].from && report->rows[i].status != GATE_KNOWN;
	if (!arrows)
		return;
	/* A domain is one box: the first arrow that names it says which. */
	const char **names = calloc(2 * report->row_count + 1, sizeof *names);
	size_t name_count = 0, shown = 0;
	if (!names) {
		sink->status = -1;
		return;
	}
	sink_string(sink, "\n```mermaid\nflowchart LR\n");
	for (size_t i = 0; i < report->row_count && shown < MOST_ARROWS; i++) {
		const struct gate_row *row = &report->rows[i];
		if (!row->from || row->status == GATE_KNOWN)
			continue;
		size_t ends[2];
		for (unsigned e = 0; e < 2; e++) {
			const char *name = e ? row->to : row->from;
			for (ends[e] = 0; ends[e] < name_count && strcmp(names[ends[e]], name); ends[e]++)
				;
			if (ends[e] == name_count) {
				names[name_count++] = name;
				sink_printf(sink, "  n%zu[\"", ends[e]);
				flowchart_text(sink, name);
				sink_string(sink, "\"]\n");
			}
		}
		sink_printf(sink, "  n%zu %s n%zu\n", ends[0],
			    row->is_gone ? "-. gone .->" : row->verdict == GATE_FAILED ? "== forbidden ==>" : "-- new -->", ends[1]);
		shown++;
	}
	sink_string(sink, "```\n");
	if (arrows > shown)
		sink_printf(sink, "\n%zu more dependencies are not drawn.\n", arrows - shown);
	free(names);
}

/* ---- rows ---- */

static void put_row(struct sink *sink, const struct gate_row *row)
{
	sink_string(sink, "- **");
	markdown_text(sink, row->subject, LINE);
	sink_string(sink, "**");
	if (*row->detail) {
		sink_string(sink, ": ");
		markdown_text(sink, row->detail, LINE);
	}
	if (row->file && !row->place_count && (row->line || strcmp(row->file, row->subject))) {
		sink_string(sink, " ");
		put_place(sink, row->file, row->line);
	}
	sink_string(sink, "\n");
	for (size_t i = 0; i < row->place_count && i < MOST_PLACES; i++) {
		if (gate_place_is_told(row->detail, row->places[i].symbol, row->places[i].file))
			continue;
		sink_string(sink, "  - ");
		put_place(sink, row->places[i].file, row->places[i].line);
		if (*row->places[i].user) {
			sink_string(sink, " ");
			markdown_text(sink, row->places[i].user, LINE);
			sink_string(sink, *row->places[i].symbol ? " uses" : "");
		}
		sink_string(sink, " ");
		markdown_text(sink, row->places[i].symbol, LINE);
		sink_string(sink, "\n");
	}
	if (row->place_count && row->place_total > MOST_PLACES)
		sink_printf(sink, "  - %zu more\n", row->place_total - MOST_PLACES);
}

static bool is_shown(const struct gate_row *row, enum gate_status status, enum gate_verdict verdict)
{
	return row->status == status && (status == GATE_FIXED || row->verdict == verdict);
}

/* All rows of a status and verdict, kind by kind. */
static void put_part(struct sink *sink, const struct gate_report *report, enum gate_status status, enum gate_verdict verdict, const char *title)
{
	bool open = false;
	for (size_t i = 0; i < report->row_count; i++) {
		const struct gate_row *row = &report->rows[i];
		size_t of_kind = 0;
		bool first = true;
		if (!is_shown(row, status, verdict))
			continue;
		for (size_t k = 0; k < i; k++)
			first &= !(is_shown(&report->rows[k], status, verdict) && !strcmp(report->rows[k].kind, row->kind));
		if (!first)
			continue;
		if (!open)
			sink_string(sink, title);
		open = true;
		sink_string(sink, "\n**");
		markdown_text(sink, row->title, LINE);
		sink_string(sink, "**");
		if (status == GATE_NEW && *row->why) {
			sink_string(sink, " — ");
			markdown_text(sink, row->why, LINE);
			if (*row->advice) {
				sink_string(sink, " *What to do:* ");
				markdown_text(sink, row->advice, LINE);
			}
		}
		sink_string(sink, "\n\n");
		for (size_t k = i; k < report->row_count; k++)
			if (is_shown(&report->rows[k], status, verdict) && !strcmp(report->rows[k].kind, row->kind) && ++of_kind <= MOST_ROWS)
				put_row(sink, &report->rows[k]);
		if (of_kind > MOST_ROWS)
			sink_printf(sink, "- %zu more\n", of_kind - MOST_ROWS);
	}
	if (open && *title == '\n' && strstr(title, "<details>"))
		sink_string(sink, "\n</details>\n");
}

int gate_markdown(const struct gate_report *report, const struct report_output *output)
{
	struct sink sink;
	sink_start(&sink, output);
	put_verdict(&sink, report);
	put_picture(&sink, report);
	put_part(&sink, report, GATE_NEW, GATE_FAILED, "\n#### Forbidden\n");
	for (size_t i = 0; i < report->limit_count; i++) {
		const struct gate_limit *limit = &report->limits[i];
		if (!limit->is_broken)
			continue;
		sink_string(&sink, "\n**Limit** ");
		markdown_code(&sink, limit->measure, LINE);
		sink_printf(&sink, " went from %.6g to %.6g; it may get worse by %.6g.\n", limit->before, limit->after, limit->most);
	}
	put_part(&sink, report, GATE_NEW, GATE_WARNED, "\n#### To look at\n");
	put_part(&sink, report, GATE_FIXED, GATE_IGNORED, "\n<details><summary>For the better</summary>\n");
	if (report->baseline_grown)
		sink_printf(&sink, "\nThe baseline accepts %zu more than it did at the base.\n", report->baseline_grown);
	if (report->stale_count)
		sink_printf(&sink, "\n%zu line%s of the baseline accept%s nothing any more; `sightline gate --update-baseline` removes %s.\n",
			    report->stale_count, report->stale_count == 1 ? "" : "s", report->stale_count == 1 ? "s" : "",
			    report->stale_count == 1 ? "it" : "them");
	for (size_t i = 0; i < report->note_count; i++) {
		sink_string(&sink, "\n> ");
		markdown_text(&sink, report->notes[i], LINE);
		sink_string(&sink, "\n");
	}
	return sink_finish(&sink);
}
