/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/drift_told.h"

#include <errno.h>
#include <string.h>

#include "cmd/terminal.h"
#include "reports/gate.h"

#define SHOWN 8        /* events of a kind */
#define PLACES 3       /* of an event */

/* ---- for programs ---- */

static void append_json_field(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "\"%s\": ", name);
	if (value)
		output_json_string(out, value, strlen(value));
	else
		buf_append_string(out, "null");
}

static void append_json(struct buf *out, const struct drift_loaded *loaded, const struct drift_event *event)
{
	const struct drift_kind_info *info = drift_kind_info(event->kind);
	const char *const names[] = {"from_release", "to_release", "kind", "severity", "subject", "detail", "file", "fingerprint"};
	const char *const values[] = {loaded->input.releases[0].name, loaded->input.releases[1].name, info->name,
				      drift_severity_name(event->severity), event->subject, event->detail, event->file, event->fingerprint};
	buf_append_string(out, "  {");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		append_json_field(out, names[i], values[i]);
		buf_append_string(out, ", ");
	}
	if (event->file && event->line)
		buf_printf(out, "\"line\": %u, ", event->line);
	else
		buf_append_string(out, "\"line\": null, ");
	buf_printf(out, "\"is_improvement\": %d, \"evidence\": [", info->is_improvement);
	for (size_t i = 0; i < event->evidence_count; i++) {
		const struct drift_evidence *place = &event->evidence[i];
		buf_append_string(out, i ? ", {" : "{");
		append_json_field(out, "symbol", place->symbol);
		buf_append_string(out, ", ");
		append_json_field(out, "user", place->from);
		buf_append_string(out, ", ");
		append_json_field(out, "file", place->file);
		buf_printf(out, ", \"line\": %u}", place->line);
	}
	buf_append_string(out, "]}");
}

static void append_csv(struct buf *out, const struct drift_loaded *loaded, const struct drift_event *event)
{
	const struct drift_kind_info *info = drift_kind_info(event->kind);
	const char *const values[] = {loaded->input.releases[0].name, loaded->input.releases[1].name, info->name,
				      drift_severity_name(event->severity), event->subject, event->detail, event->file ? event->file : ""};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		output_csv_field(out, values[i], strlen(values[i]));
		buf_append_char(out, ',');
	}
	if (event->file && event->line)
		buf_printf(out, "%u", event->line);
	buf_printf(out, ",%s,%d\r\n", event->fingerprint, info->is_improvement);
}

/* ---- for people ---- */

const char *drift_severity_colour(FILE *stream, enum drift_severity severity)
{
	static const enum terminal_style styles[DRIFT_SEVERITIES] = {STYLE_DIM, STYLE_PLAIN, STYLE_YELLOW, STYLE_RED};
	return terminal_style(stream, styles[severity]);
}

static void append_place(struct buf *out, const char *file, uint32_t line)
{
	terminal_append(out, file, strlen(file));
	if (line)
		buf_printf(out, ":%u", line);
}

void drift_append_event(struct buf *out, FILE *stream, const struct drift_event *event, size_t places)
{
	size_t shown = event->evidence_count < places ? event->evidence_count : places;
	buf_append_string(out, "  ");
	terminal_append(out, event->subject, strlen(event->subject));
	if (*event->detail) {
		buf_append_string(out, ": ");
		terminal_append(out, event->detail, strlen(event->detail));
	}
	if (event->file && !shown) {
		buf_printf(out, "  %s", terminal_style(stream, STYLE_DIM));
		append_place(out, event->file, event->line);
		buf_append_string(out, terminal_style(stream, STYLE_PLAIN));
	}
	buf_append_char(out, '\n');
	for (size_t i = 0; i < shown; i++) {
		const struct drift_evidence *place = &event->evidence[i];
		if (gate_place_is_told(event->detail, place->symbol, place->file))
			continue;
		buf_printf(out, "    %s", terminal_style(stream, STYLE_DIM));
		append_place(out, place->file, place->line);
		buf_append_string(out, "  ");
		if (place->from && *place->from) {
			terminal_append(out, place->from, strlen(place->from));
			buf_append_string(out, place->symbol && *place->symbol ? " uses " : "");
		}
		if (place->symbol)
			terminal_append(out, place->symbol, strlen(place->symbol));
		buf_printf(out, "%s\n", terminal_style(stream, STYLE_PLAIN));
	}
	if (event->evidence_total > shown && shown)
		buf_printf(out, "    %zu more place%s\n", event->evidence_total - shown, event->evidence_total - shown == 1 ? "" : "s");
}

static void append_counts(struct buf *out, const struct drift_event *const *events, size_t count)
{
	size_t by_severity[DRIFT_SEVERITIES] = {0}, better = 0;
	bool first = true;
	for (size_t i = 0; i < count; i++)
		if (drift_kind_info(events[i]->kind)->is_improvement)
			better++;
		else
			by_severity[events[i]->severity]++;
	buf_printf(out, "%zu event%s", count, count == 1 ? "" : "s");
	for (int s = DRIFT_SEVERITIES - 1; s >= 0; s--)
		if (by_severity[s]) {
			buf_printf(out, "%s%zu %s", first ? ": " : ", ", by_severity[s], drift_severity_name((enum drift_severity)s));
			first = false;
		}
	if (better)
		buf_printf(out, "%s%zu for the better", first ? ": " : ", ", better);
}

/* The kinds in the order of their worst event; what is for the better comes last. */
static size_t order_kinds(const struct drift_event *const *events, size_t count, enum drift_kind *kinds)
{
	bool seen[DRIFT_KINDS] = {false};
	size_t kind_count = 0;
	for (unsigned better = 0; better < 2; better++)
		for (size_t i = 0; i < count; i++)
			if (!seen[events[i]->kind] && drift_kind_info(events[i]->kind)->is_improvement == (better != 0)) {
				seen[events[i]->kind] = true;
				kinds[kind_count++] = events[i]->kind;
			}
	return kind_count;
}

static void append_kind(struct buf *out, FILE *stream, enum drift_kind kind, const struct drift_event *const *events, size_t count, bool all)
{
	const struct drift_kind_info *info = drift_kind_info(kind);
	enum drift_severity worst = DRIFT_INFO;
	size_t of_kind = 0, shown = 0;
	for (size_t i = 0; i < count; i++)
		if (events[i]->kind == kind) {
			of_kind++;
			worst = events[i]->severity > worst ? events[i]->severity : worst;
		}
	buf_printf(out, "\n%s%s%s (%zu)", terminal_style(stream, STYLE_BOLD), info->title, terminal_style(stream, STYLE_PLAIN), of_kind);
	if (info->is_improvement)
		buf_printf(out, "  %sbetter%s", terminal_style(stream, STYLE_GREEN), terminal_style(stream, STYLE_PLAIN));
	else
		buf_printf(out, "  %s%s%s", drift_severity_colour(stream, worst), drift_severity_name(worst), terminal_style(stream, STYLE_PLAIN));
	buf_append_char(out, '\n');
	if (*info->why && !info->is_improvement)
		buf_printf(out, "  %s%s%s%s%s\n", terminal_style(stream, STYLE_DIM), info->why, *info->advice ? " " : "", info->advice,
			   terminal_style(stream, STYLE_PLAIN));
	for (size_t i = 0; i < count && (all || shown < SHOWN); i++)
		if (events[i]->kind == kind) {
			drift_append_event(out, stream, events[i], all ? DRIFT_EVIDENCE : PLACES);
			shown++;
		}
	if (of_kind > shown)
		buf_printf(out, "  ... and %zu more: --kind %s --all\n", of_kind - shown, info->name);
}

static void append_text(struct buf *out, FILE *stream, const struct drift_loaded *loaded, const struct drift_event *const *events,
			size_t count, bool all)
{
	enum drift_kind kinds[DRIFT_KINDS];
	size_t kind_count = order_kinds(events, count, kinds);
	terminal_append(out, loaded->input.releases[0].name, strlen(loaded->input.releases[0].name));
	buf_append_string(out, " -> ");
	terminal_append(out, loaded->input.releases[1].name, strlen(loaded->input.releases[1].name));
	buf_append_string(out, ": ");
	if (count)
		append_counts(out, events, count);
	else if (loaded->drift->count)
		buf_printf(out, "%zu event%s, none of them asked for", loaded->drift->count, loaded->drift->count == 1 ? "" : "s");
	else
		buf_append_string(out, "the architecture is the same");
	buf_append_char(out, '\n');
	for (size_t i = 0; i < loaded->drift->note_count; i++) {
		buf_append_string(out, "note: ");
		terminal_append(out, loaded->drift->notes[i], strlen(loaded->drift->notes[i]));
		buf_append_char(out, '\n');
	}
	for (size_t i = 0; i < kind_count; i++)
		append_kind(out, stream, kinds[i], events, count, all);
}

int drift_told(FILE *stream, const struct drift_loaded *loaded, const struct drift_event *const *events, size_t count,
	       enum output_format format, bool all, struct err *err)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	if (format == OUTPUT_TABLE)
		append_text(&out, stream, loaded, events, count, all);
	if (format == OUTPUT_JSON)
		buf_append_string(&out, "[");
	if (format == OUTPUT_CSV)
		buf_append_string(&out, "from_release,to_release,kind,severity,subject,detail,file,line,fingerprint,is_improvement\r\n");
	for (size_t i = 0; i < count; i++) {
		if (format == OUTPUT_JSON) {
			buf_append_string(&out, i ? ",\n" : "\n");
			append_json(&out, loaded, events[i]);
		} else if (format == OUTPUT_CSV) {
			append_csv(&out, loaded, events[i]);
		}
	}
	if (format == OUTPUT_JSON)
		buf_append_string(&out, count ? "\n]\n" : "]\n");
	bool failed = out.length && fwrite(out.data, 1, out.length, stream) != out.length;
	buf_finish(&out);
	return failed || fflush(stream) ? err_errno(err, ERR_IO, errno, "the output cannot be written") : 0;
}
