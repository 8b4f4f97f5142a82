/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An architecture release note: what the parts are, what is worst, what changed, what to do. CommonMark, with tables and a
 * Mermaid flowchart as GitHub, GitLab and most wikis show them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flowchart.h"
#include "label.h"
#include "picture_internal.h"
#include "writers.h"

#define MOST_ROWS 20
#define MOST_CHANGES 12 /* of each kind */
#define MOST_TASKS 10
#define MOST_CYCLES 5
#define CHART_NODES 14

static bool is_word(uint32_t code)
{
	return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') || code >= 0x80;
}

/* Whether a character means something where it stands: some always, some only at the beginning (lists, headings, quotes), "1." and
 * "1)" behind nothing but digits, an underscore at the edge of a word, "&" before a name, ":" before "//". */
static bool is_markup(uint32_t code, uint32_t before, uint32_t after, bool only_digits)
{
	if (code >= 0x80)
		return false;
	if (strchr("\\`*[]<>|~$^", (int)code))
		return true;
	if (code == '_')
		return !is_word(before) || !is_word(after);
	if (code == '&')
		return after == '#' || (after < 0x80 && is_word(after));
	if (code == ':')
		return after == '/';
	if (code == '.' || code == ')')
		return only_digits && before;
	return !before && strchr("-+#=", (int)code);
}

/* Text that is shown as it is by Markdown, HTML and forges. */
static void put_text(struct sink *sink, const char *text)
{
	uint32_t before = 0;
	bool only_digits = true;
	while (text && *text) {
		size_t length, after_length;
		uint32_t code = sink_tame(sink_decode(text, &length));
		uint32_t after = text[length] ? sink_decode(text + length, &after_length) : 0;
		if (code == '\n' || code == '\t')
			code += 0x2400;
		if (is_markup(code, before, after, only_digits))
			sink_put(sink, "\\", 1);
		sink_character(sink, code);
		if (code == '@' || (code == 'w' && before == 'w'))
			sink_string(sink, "\xE2\x81\xA0"); /* nobody is called, and www is no link */
		only_digits &= code >= '0' && code <= '9';
		before = code;
		text += length;
	}
}

/* Between asterisks, which mean nothing beside white space. */
static void put_strong(struct sink *sink, const char *text)
{
	size_t length = text ? strlen(text) : 0;
	while (length && strchr(" \t\r\n", *text)) {
		text++;
		length--;
	}
	while (length && strchr(" \t\r\n", text[length - 1]))
		length--;
	char *trimmed = strndup(length ? text : "(no name)", length ? length : sizeof "(no name)");
	sink_string(sink, "**");
	put_text(sink, trimmed);
	sink_string(sink, "**");
	free(trimmed);
}

static void put_count(struct sink *sink, double count)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);
	if (!stream)
		return;
	label_write_count(stream, count);
	if (!fclose(stream))
		sink_string(sink, text);
	free(text);
}

static void put_effort(struct sink *sink, uint32_t minutes)
{
	if (minutes < 60)
		sink_printf(sink, "%u min", (unsigned)minutes);
	else if (minutes % 60)
		sink_printf(sink, "%u h %u min", (unsigned)(minutes / 60), (unsigned)(minutes % 60));
	else
		sink_printf(sink, "%u h", (unsigned)(minutes / 60));
}

static void put_more(struct sink *sink, size_t left, const char *what)
{
	if (left)
		sink_printf(sink, "\n%zu more %s.\n", left, what);
}

/* ---- what changed ---- */

static void put_changes(struct sink *sink, const struct report *report)
{
	if (!report->previous) {
		sink_string(sink, "\n## What changed\n\nThere is no release before this one to compare with.\n");
		return;
	}
	sink_string(sink, "\n## What changed since ");
	put_text(sink, report->previous);
	sink_string(sink, "\n\n");
	size_t of_kind = 0, left = 0;
	for (size_t i = 0; i < report->change_count; i++) {
		const struct report_change *change = &report->changes[i];
		bool is_last = i + 1 == report->change_count || strcmp(change[1].kind, change->kind) != 0;
		if (of_kind++ < MOST_CHANGES) {
			sink_string(sink, "- ");
			put_text(sink, change->text);
			sink_string(sink, "\n");
		} else {
			left++;
		}
		if (!is_last)
			continue;
		if (left)
			sink_printf(sink, "- %zu more of this kind (%s)\n", left, change->kind);
		of_kind = left = 0;
	}
	if (!report->change_count)
		sink_string(sink, "Nothing of what is told here.\n");
}

/* ---- the parts ---- */

struct ranked { double value; uint32_t index; };

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	return x->value != y->value ? (x->value > y->value ? -1 : 1) : x->index < y->index ? -1 : x->index > y->index;
}

/* Nodes on one side of the boundary, the largest or the most indebted first. */
static size_t rank(const struct report *report, bool outside, bool by_debt, struct ranked *out)
{
	size_t count = 0;
	for (uint32_t i = 0; i < report->node_count; i++) {
		const struct report_node *node = &report->nodes[i];
		double value = by_debt ? node->debt : node->size;
		if (node->is_outside == outside)
			out[count++] = (struct ranked){value > 0 ? value : 0, i};
	}
	qsort(out, count, sizeof *out, by_value);
	return count;
}

static void put_share(struct sink *sink, double share)
{
	if (share >= 0)
		sink_printf(sink, " %.2f |", fmin(share, 1));
	else
		sink_string(sink, " |");
}

static void put_table(struct sink *sink, const struct report *report, const struct ranked *order, size_t count, bool is_files)
{
	sink_printf(sink, "| %s | functions | lines | debt |%s\n", is_files ? "file" : "part", is_files ? "" : " files | cohesion | exclusivity |");
	sink_printf(sink, "|---|---:|---:|---:|%s\n", is_files ? "" : "---:|---:|---:|");
	for (size_t i = 0; i < count && i < MOST_ROWS; i++) {
		const struct report_node *node = &report->nodes[order[i].index];
		sink_string(sink, "| ");
		put_text(sink, node->name);
		sink_printf(sink, "%s | %u | ", node->cycle != REPORT_NONE ? " \xE2\x86\xBB" : "", (unsigned)node->functions);
		put_count(sink, node->size);
		sink_printf(sink, " | %ld |", picture_debt_number(node->debt));
		if (!is_files) {
			sink_printf(sink, " %u |", (unsigned)node->files);
			put_share(sink, node->cohesion);
			put_share(sink, node->exclusivity);
		}
		sink_string(sink, "\n");
	}
}

static void put_parts(struct sink *sink, const struct report *report, struct ranked *order)
{
	size_t count = rank(report, false, false, order);
	sink_printf(sink, "\n## The %s\n\n", report->focus ? "files" : "parts");
	put_table(sink, report, order, count, report->focus != NULL);
	put_more(sink, count > MOST_ROWS ? count - MOST_ROWS : 0, report->focus ? "files, smaller ones" : "parts, smaller ones");
	if (report->focus) {
		count = rank(report, true, false, order);
		if (count) {
			sink_string(sink, "\n## Its neighbours\n\n");
			put_table(sink, report, order, count, false);
			put_more(sink, count > MOST_ROWS ? count - MOST_ROWS : 0, "neighbours, smaller ones");
		}
	}
	sink_string(sink, "\n");
	if (!report->focus)
		sink_string(sink, "Cohesion: the share of its dependencies that stay inside. Exclusivity: the share of its functions that no other "
			    "part calls. ");
	sink_string(sink, "Debt: 0 (none) to 100. \xE2\x86\xBB: in a dependency cycle.\n");
}

static int put_chart(struct sink *sink, const struct report *report)
{
	struct report chart = *report;
	chart.top_nodes = report->top_nodes ? report->top_nodes : CHART_NODES;
	sink_string(sink, "\n```mermaid\n");
	int status = flowchart_put(sink, &chart);
	sink_string(sink, "```\n");
	return status;
}

/* ---- what is worst ---- */

/* The heaviest dependency that the cycle would have to lose for two of its members not to use each other: the lighter direction of
 * a pair is where to cut. */
static const struct report_edge *cut_of(const struct report *report, uint32_t cycle)
{
	const struct report_edge *best = NULL;
	for (size_t i = 0; i < report->edge_count; i++) {
		const struct report_edge *edge = &report->edges[i];
		if (!edge->in_cycle || edge->from >= report->node_count || edge->to >= report->node_count ||
		    report->nodes[edge->from].cycle != cycle || report->nodes[edge->to].cycle != cycle)
			continue;
		if (!best || edge->weight < best->weight)
			best = edge;
	}
	return best;
}

static void put_cycle(struct sink *sink, const struct report *report, uint32_t cycle)
{
	size_t members = 0;
	for (uint32_t i = 0; i < report->node_count; i++)
		members += report->nodes[i].cycle == cycle;
	sink_printf(sink, "- **A cycle of %zu %s**: ", members, report->focus ? "files" : "parts");
	size_t shown = 0;
	for (uint32_t i = 0; i < report->node_count && shown < MOST_ROWS; i++)
		if (report->nodes[i].cycle == cycle) {
			sink_string(sink, shown++ ? ", " : "");
			put_text(sink, report->nodes[i].name);
		}
	if (shown < members)
		sink_printf(sink, " and %zu more", members - shown);
	sink_string(sink, ".");
	const struct report_edge *cut = cut_of(report, cycle);
	if (cut) {
		sink_string(sink, " Its lightest dependency is ");
		put_text(sink, report->nodes[cut->from].name);
		sink_string(sink, " \xE2\x86\x92 ");
		put_text(sink, report->nodes[cut->to].name);
		sink_printf(sink, ", in %.0f place%s.", fmax(1, cut->weight), cut->weight < 1.5 ? "" : "s");
	}
	sink_string(sink, "\n");
}

static void put_worst(struct sink *sink, const struct report *report, struct ranked *order)
{
	size_t count = rank(report, false, true, order), told = 0;
	sink_string(sink, "\n## What is worst\n\n");
	for (size_t i = 0; i < count && i < 5 && order[i].value >= 0.5; i++, told++) {
		const struct report_node *node = &report->nodes[order[i].index];
		sink_string(sink, "- ");
		put_strong(sink, node->name);
		sink_printf(sink, ": debt %ld of 100, ", picture_debt_number(node->debt));
		put_count(sink, node->size);
		sink_string(sink, " lines\n");
	}
	uint32_t seen[MOST_CYCLES];
	size_t cycles = 0;
	for (uint32_t i = 0; i < report->node_count && cycles < MOST_CYCLES; i++) {
		uint32_t cycle = report->nodes[i].cycle;
		bool is_known = cycle == REPORT_NONE;
		for (size_t k = 0; k < cycles; k++)
			is_known |= seen[k] == cycle;
		if (is_known)
			continue;
		seen[cycles++] = cycle;
		put_cycle(sink, report, cycle);
	}
	if (!told && !cycles)
		sink_string(sink, "Nothing stands out: no debt, no cycle.\n");
}

/* ---- what to do ---- */

/* Each line is one of the list's item; those that begin with a number are a list within it. */
static void put_lines(struct sink *sink, const char *text, const char *indent)
{
	while (text && *text) {
		size_t length = strcspn(text, "\n"), digits = strspn(text, "0123456789");
		bool is_step = digits && digits < 4 && !strncmp(text + digits, ". ", 2) && length > digits + 2;
		char *line = strndup(text, length);
		if (line && *line) {
			sink_string(sink, is_step ? "\n" : "\\\n");
			sink_string(sink, indent);
			sink_put(sink, line, is_step ? digits + 2 : 0);
			put_text(sink, line + (is_step ? digits + 2 : 0));
		}
		free(line);
		text += length + (text[length] == '\n');
	}
}

/* Tasks of one kind are done alike: what a task before this one said is not said again. */
static bool is_told(const struct report *report, size_t task)
{
	const char *why = report->tasks[task].why, *steps = report->tasks[task].steps;
	for (size_t i = 0; i < task; i++) {
		const struct report_task *before = &report->tasks[i];
		if (why && steps && before->why && before->steps && !strcmp(why, before->why) && !strcmp(steps, before->steps))
			return true;
	}
	return false;
}

static void put_tasks(struct sink *sink, const struct report *report)
{
	uint64_t minutes = 0;
	sink_string(sink, "\n## What to do first\n\n");
	for (size_t i = 0; i < report->task_count; i++)
		minutes += report->tasks[i].effort_minutes;
	for (size_t i = 0; i < report->task_count && i < MOST_TASKS; i++) {
		const struct report_task *task = &report->tasks[i];
		sink_printf(sink, "%zu. ", i + 1);
		put_strong(sink, task->title);
		sink_string(sink, " (");
		put_text(sink, task->goal);
		sink_string(sink, ", about ");
		put_effort(sink, task->effort_minutes);
		sink_printf(sink, ", %u finding%s", (unsigned)task->findings, task->findings == 1 ? "" : "s");
		if (task->domain && *task->domain && !report->focus) {
			sink_string(sink, ", in ");
			put_text(sink, task->domain);
		}
		sink_string(sink, ")");
		if (!is_told(report, i)) {
			put_lines(sink, task->why, i < 9 ? "   " : "    ");
			put_lines(sink, task->steps, i < 9 ? "   " : "    ");
		}
		sink_string(sink, "\n");
	}
	if (!report->task_count) {
		sink_string(sink, "Nothing is open.\n");
		return;
	}
	if (report->task_count > MOST_TASKS)
		sink_printf(sink, "\n%zu tasks in all, about %.0f hours; `sightline tasks` lists them.\n", report->task_count, (double)minutes / 60);
}

int markdown_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	struct ranked *order = malloc((report->node_count + 1) * sizeof *order);
	struct sink sink;
	int status = -1;
	error->text[0] = 0;
	if (order) {
		sink_start(&sink, output);
		sink_string(&sink, "# Architecture of ");
		put_text(&sink, report->title);
		sink_string(&sink, " ");
		put_text(&sink, report->release);
		sink_string(&sink, "\n\n");
		put_text(&sink, report->subtitle);
		if (report->coverage) {
			sink_string(&sink, "\n\n");
			put_text(&sink, report->coverage);
		}
		sink_string(&sink, "\n");
		put_changes(&sink, report);
		put_parts(&sink, report, order);
		status = put_chart(&sink, report);
		put_worst(&sink, report, order);
		put_tasks(&sink, report);
	}
	free(order);
	if (status < 0) {
		snprintf(error->text, sizeof error->text, "out of memory");
		return -1;
	}
	return sink_finish(&sink);
}
