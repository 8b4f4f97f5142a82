/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate's verdict as JSON and as JUnit XML; its Markdown is in gate_markdown.c. */
#include "gate.h"

#include <string.h>

#include "gate_markdown.h"
#include "json.h"
#include "xml.h"

const char *const gate_verdict_names[3] = {"ignore", "warn", "fail"};
const char *const gate_status_names[3] = {"new", "known", "fixed"};

bool gate_place_is_told(const char *detail, const char *symbol, const char *file)
{
	return symbol && *symbol && strstr(detail, symbol) && strstr(detail, file);
}

static void put_row(struct json *json, const struct gate_row *row)
{
	json_put_object(json, NULL);
	json_put_text(json, "status", gate_status_names[row->status]);
	json_put_text(json, "verdict", gate_verdict_names[row->verdict]);
	json_put_text(json, "kind", row->kind);
	json_put_text(json, "severity", row->severity);
	json_put_text(json, "subject", row->subject);
	json_put_text(json, "detail", row->detail);
	if (row->file)
		json_put_text(json, "file", row->file);
	else
		json_put_null(json, "file");
	if (row->file && row->line)
		json_put_integer(json, "line", row->line);
	else
		json_put_null(json, "line");
	json_put_text(json, "fingerprint", row->fingerprint);
	json_put_array(json, "evidence");
	for (size_t i = 0; i < row->place_count; i++) {
		json_put_object(json, NULL);
		json_put_text(json, "symbol", row->places[i].symbol);
		json_put_text(json, "user", row->places[i].user);
		json_put_text(json, "file", row->places[i].file);
		if (row->places[i].line)
			json_put_integer(json, "line", row->places[i].line);
		else
			json_put_null(json, "line");
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static int write_json(const struct gate_report *report, const struct report_output *output)
{
	struct json json;
	json_start(&json, output, true);
	json_put_object(&json, NULL);
	json_put_text(&json, "base", report->base);
	json_put_text(&json, "head", report->head);
	json_put_bool(&json, "passed", !report->has_failed);
	json_put_array(&json, "events");
	for (size_t i = 0; i < report->row_count; i++)
		put_row(&json, &report->rows[i]);
	json_end(&json);
	json_put_array(&json, "limits");
	for (size_t i = 0; i < report->limit_count; i++) {
		const struct gate_limit *limit = &report->limits[i];
		json_put_object(&json, NULL);
		json_put_text(&json, "measure", limit->measure);
		json_put_number(&json, "before", limit->before);
		json_put_number(&json, "after", limit->after);
		json_put_number(&json, "most", limit->most);
		json_put_bool(&json, "broken", limit->is_broken);
		json_end(&json);
	}
	json_end(&json);
	json_put_array(&json, "stale");
	for (size_t i = 0; i < report->stale_count; i++)
		json_put_text(&json, NULL, report->stale[i]);
	json_end(&json);
	json_put_integer(&json, "baseline_grown", (int64_t)report->baseline_grown);
	json_put_array(&json, "notes");
	for (size_t i = 0; i < report->note_count; i++)
		json_put_text(&json, NULL, report->notes[i]);
	json_end(&json);
	json_end(&json);
	return json_finish(&json);
}

/* ---- JUnit: a case per kind of event and per limit, so that those in order are seen as well ---- */

static bool breaks(const struct gate_row *row)
{
	return row->status == GATE_NEW && row->verdict == GATE_FAILED;
}

static void put_failure(struct sink *sink, const struct gate_report *report, const struct gate_row *first)
{
	sink_string(sink, "\n      <failure type=\"");
	xml_text(sink, first->kind);
	sink_string(sink, "\" message=\"");
	xml_text(sink, first->subject);
	sink_string(sink, ": ");
	xml_text(sink, first->detail);
	sink_string(sink, "\">");
	for (const struct gate_row *row = first; row < report->rows + report->row_count; row++) {
		if (!breaks(row) || strcmp(row->kind, first->kind))
			continue;
		xml_text(sink, row->subject);
		sink_string(sink, ": ");
		xml_text(sink, row->detail);
		if (row->file) {
			sink_string(sink, " (");
			xml_text(sink, row->file);
			sink_printf(sink, row->line ? ":%u)" : ")", row->line);
		}
		sink_string(sink, "\n");
	}
	xml_text(sink, first->why);
	sink_string(sink, "\n");
	xml_text(sink, first->advice);
	sink_string(sink, "</failure>\n    ");
}

static int write_junit(const struct gate_report *report, const struct report_output *output)
{
	struct sink sink;
	size_t cases = report->limit_count, failures = 0;
	for (size_t i = 0; i < report->limit_count; i++)
		failures += report->limits[i].is_broken;
	/* Rows of a kind need not stand together. */
	for (size_t i = 0; i < report->row_count; i++) {
		bool first = true, fails = false;
		for (size_t k = 0; k < report->row_count; k++)
			if (!strcmp(report->rows[k].kind, report->rows[i].kind)) {
				first &= k >= i;
				fails |= breaks(&report->rows[k]);
			}
		cases += first;
		failures += first && fails;
	}
	if (!cases)
		cases = 1;
	sink_start(&sink, output);
	sink_string(&sink, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	sink_printf(&sink, "<testsuites tests=\"%zu\" failures=\"%zu\">\n", cases, failures);
	sink_printf(&sink, "  <testsuite name=\"sightline gate\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"0\">\n", cases, failures);
	for (size_t i = 0; i < report->row_count; i++) {
		const struct gate_row *row = &report->rows[i], *failing = NULL;
		bool first = true;
		for (size_t k = 0; k < report->row_count; k++)
			if (!strcmp(report->rows[k].kind, row->kind)) {
				first &= k >= i;
				if (!failing && breaks(&report->rows[k]))
					failing = &report->rows[k];
			}
		if (!first)
			continue;
		sink_string(&sink, "    <testcase classname=\"sightline.gate\" time=\"0\" name=\"");
		xml_text(&sink, row->kind);
		sink_string(&sink, "\">");
		if (failing)
			put_failure(&sink, report, failing);
		sink_string(&sink, "</testcase>\n");
	}
	for (size_t i = 0; i < report->limit_count; i++) {
		const struct gate_limit *limit = &report->limits[i];
		sink_string(&sink, "    <testcase classname=\"sightline.gate.limits\" time=\"0\" name=\"");
		xml_text(&sink, limit->measure);
		sink_string(&sink, "\">");
		if (limit->is_broken)
			sink_printf(&sink, "<failure type=\"limit\" message=\"from %.6g to %.6g, may get worse by %.6g\"/>", limit->before,
				    limit->after, limit->most);
		sink_string(&sink, "</testcase>\n");
	}
	if (!report->row_count && !report->limit_count)
		sink_string(&sink, "    <testcase classname=\"sightline.gate\" time=\"0\" name=\"no change\"></testcase>\n");
	sink_string(&sink, "  </testsuite>\n</testsuites>\n");
	return sink_finish(&sink);
}

static const struct gate_format formats[] = {
	{"markdown", gate_markdown}, {"json", write_json}, {"junit", write_junit}, {NULL, NULL},
};

const struct gate_format *gate_formats(void)
{
	return formats;
}
