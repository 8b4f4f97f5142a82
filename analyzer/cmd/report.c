/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline report: pictures of a release. Fills one plain struct from the model; a writer of reports/ prints it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/session.h"
#include "cmd/target.h"
#include "cmd/terminal.h"
#include "cmd/trend.h"
#include "graph/graph.h"
#include "reports/report.h"

struct drawing {
	struct arena *arena;
	struct interner *names;       /* domains, or files: number = node */
	struct report report;
	struct report_part *parts;    /* of all nodes */
	size_t node_capacity, edge_capacity, group_capacity;
};

static char *text_of(struct drawing *drawing, const struct rows *rows, size_t column)
{
	return arena_strdup(drawing->arena, rows_text(rows, column, NULL));
}

static struct report_node *add_node(struct drawing *drawing, const char *name)
{
	interner_add_string(drawing->names, name);
	mem_grow(&drawing->report.nodes, &drawing->node_capacity, drawing->report.node_count + 1, sizeof *drawing->report.nodes);
	struct report_node *node = &drawing->report.nodes[drawing->report.node_count++];
	*node = (struct report_node){.name = arena_strdup(drawing->arena, name), .group = REPORT_NONE, .cycle = REPORT_NONE};
	return node;
}

static uint32_t add_group(struct drawing *drawing, const char *name)
{
	for (uint32_t i = 0; i < drawing->report.group_count; i++)
		if (!strcmp(drawing->report.groups[i].name, name))
			return i;
	mem_grow(&drawing->report.groups, &drawing->group_capacity, drawing->report.group_count + 1,
		 sizeof *drawing->report.groups);
	drawing->report.groups[drawing->report.group_count] = (struct report_group){arena_strdup(drawing->arena, name)};
	return (uint32_t)drawing->report.group_count++;
}

/* Rows: name, lines, debt, files, functions, group (NULL none), outside, detail. */
static int read_nodes(struct drawing *drawing, const struct session *session, const char *query, const char *focus,
		      struct err *err)
{
	const char *parameters[] = {session->release, focus};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, query, parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		struct report_node *node = add_node(drawing, rows_text(rows, 0, NULL));
		node->size = rows_real(rows, 1);
		node->debt = rows_real(rows, 2);
		node->files = (uint32_t)rows_integer(rows, 3);
		node->functions = (uint32_t)rows_integer(rows, 4);
		if (rows_type(rows, 5) != VALUE_NULL)
			node->group = add_group(drawing, rows_text(rows, 5, NULL));
		node->is_outside = rows_integer(rows, 6) != 0;
		if (rows_type(rows, 7) != VALUE_NULL)
			node->detail = text_of(drawing, rows, 7);
	}
	rows_close(rows);
	return result;
}

/* In the focus view the folder is mostly the same: a file's own name is enough where it is the only one of that name. */
static void shorten_labels(struct report *report)
{
	struct interner *names = interner_create();
	uint32_t *first = mem_alloc((report->node_count + 1) * sizeof *first);
	for (uint32_t i = 0; i < report->node_count; i++) {
		struct report_node *node = &report->nodes[i];
		if (node->is_outside)
			continue;
		uint32_t seen = interner_count(names), id = interner_add_string(names, path_basename(node->name));
		if (id == seen)
			first[id] = i;
		else
			report->nodes[first[id]].label = NULL;
		node->label = id == seen ? path_basename(node->name) : NULL;
	}
	free(first);
	interner_destroy(names);
}

/* Rows: domain, file, lines, debt; the files of one domain follow each other, the most important first. */
static int read_parts(struct drawing *drawing, const struct session *session, struct err *err)
{
	const char *parameters[] = {session->release, NULL};
	struct report_part *parts = NULL;
	size_t count = 0, capacity = 0;
	struct rows *rows = NULL;
	bool has_row;
	uint32_t node;
	uint32_t *owner = NULL;
	size_t owner_capacity = 0;
	int result = model_query_named(session->model, "report_parts", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		const char *domain = rows_text(rows, 0, NULL);
		if (!interner_find(drawing->names, domain, strlen(domain), &node))
			continue;
		mem_grow(&parts, &capacity, count + 1, sizeof *parts);
		mem_grow(&owner, &owner_capacity, count + 1, sizeof *owner);
		owner[count] = node;
		parts[count++] = (struct report_part){text_of(drawing, rows, 1), rows_real(rows, 2), rows_real(rows, 3)};
	}
	rows_close(rows);
	for (size_t i = 0; i < count; i++) {
		if (!i || owner[i] != owner[i - 1])
			drawing->report.nodes[owner[i]].parts = &parts[i];
		drawing->report.nodes[owner[i]].part_count++;
	}
	drawing->parts = parts;
	free(owner);
	return result;
}

/* Rows: from, to, weight, symbols, detail, times seen in runs. */
static int read_edges(struct drawing *drawing, const struct session *session, const char *query, const char *focus,
		      struct err *err)
{
	const char *parameters[] = {session->release, focus};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, query, parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		const char *from = rows_text(rows, 0, NULL), *to = rows_text(rows, 1, NULL);
		struct report_edge edge = {.weight = rows_real(rows, 2), .symbols = (uint32_t)rows_integer(rows, 3),
					   .observed = rows_real(rows, 5)};
		if (!interner_find(drawing->names, from, strlen(from), &edge.from))
			continue;
		to = rows_text(rows, 1, NULL);
		if (!interner_find(drawing->names, to, strlen(to), &edge.to))
			continue;
		if (rows_type(rows, 4) != VALUE_NULL)
			edge.detail = text_of(drawing, rows, 4);
		mem_grow(&drawing->report.edges, &drawing->edge_capacity, drawing->report.edge_count + 1,
			 sizeof *drawing->report.edges);
		drawing->report.edges[drawing->report.edge_count++] = edge;
	}
	rows_close(rows);
	return result;
}

/* A neighbour stands for many files: a way through it is no cycle of the files in focus. Nor is a call that only runs show a
 * dependency. */
static bool leaves(const struct report *report, const struct report_edge *edge)
{
	return report->nodes[edge->from].is_outside || report->nodes[edge->to].is_outside || !(edge->weight > 0);
}

/* Nodes that reach each other are in one cycle; edges between them hold it together. */
static void mark_cycles(struct report *report)
{
	uint32_t nodes = (uint32_t)report->node_count;
	uint32_t *first = mem_zalloc((size_t)nodes + 2, sizeof *first), *fill = mem_zalloc((size_t)nodes + 2, sizeof *fill);
	uint32_t *target = mem_zalloc(report->edge_count + 1, sizeof *target);
	uint32_t *component = mem_zalloc((size_t)nodes + 1, sizeof *component);
	for (size_t i = 0; i < report->edge_count; i++)
		first[report->edges[i].from + 1] += !leaves(report, &report->edges[i]);
	for (uint32_t i = 0; i < nodes; i++)
		first[i + 1] += first[i];
	memcpy(fill, first, ((size_t)nodes + 1) * sizeof *fill);
	for (size_t i = 0; i < report->edge_count; i++)
		if (!leaves(report, &report->edges[i]))
			target[fill[report->edges[i].from]++] = report->edges[i].to;
	uint32_t components = graph_components(nodes, first, target, component);
	uint32_t *size = mem_zalloc((size_t)components + 1, sizeof *size);
	for (uint32_t i = 0; i < nodes; i++)
		size[component[i]]++;
	for (uint32_t i = 0; i < nodes; i++)
		if (size[component[i]] > 1)
			report->nodes[i].cycle = component[i];
	for (size_t i = 0; i < report->edge_count; i++) {
		struct report_edge *edge = &report->edges[i];
		edge->in_cycle = edge->weight > 0 && edge->from != edge->to && component[edge->from] == component[edge->to];
	}
	free(first);
	free(fill);
	free(target);
	free(component);
	free(size);
}

static int fill(struct drawing *drawing, const struct session *session, const char *focus, struct err *err)
{
	const char *parameters[] = {session->release, focus};
	struct rows *rows = NULL;
	bool has_row;
	int result = read_nodes(drawing, session, focus ? "report_focus_files" : "report_domains", focus, err);
	if (!result && !drawing->report.node_count)
		result = focus ? err_set(err, ERR_NOT_FOUND, "release %s has no domain \"%s\"; 'sightline domains' lists them",
					 session->release, focus)
			       : err_set(err, ERR_INPUT, "release %s has no files to draw", session->release);
	if (!result && focus)
		shorten_labels(&drawing->report);
	if (!result && !focus)
		result = read_parts(drawing, session, err);
	if (!result)
		result = read_edges(drawing, session, focus ? "report_focus_edges" : "report_edges", focus, err);
	if (!result)
		result = model_query_named(session->model, "report_subtitle", parameters, 2, &rows, err);
	if (!result)
		result = rows_next(rows, &has_row, err);
	if (!result && has_row) {
		drawing->report.subtitle = text_of(drawing, rows, 0);
		drawing->report.has_runs = rows_integer(rows, 1) != 0;
	}
	rows_close(rows);
	if (!result)
		mark_cycles(&drawing->report);
	return result;
}

static int write_report(const struct report *report, const struct report_format *format, const char *path, struct err *err)
{
	struct target target;
	int result = target_open(&target, path, err);
	if (result)
		return result;
	struct report_output output = {target_write, target.stream};
	struct report_error error = {""};
	if (format->write(report, &output, &error) || fflush(target.stream))
		result = error.text[0] ? err_set(err, ERR_INTERNAL, "the %s writer failed: %s", format->name, error.text)
				       : err_errno(err, ERR_IO, errno, "%s: cannot be written", path ? path : "the output");
	return target_close(&target, result, err);
}

static int find_format(const char *name, const char *path, const struct report_format **out, struct err *err)
{
	const char *dot = path ? strrchr(path_basename(path), '.') : NULL;
	if (!name)
		name = dot ? dot + 1 : "dot"; /* "-o picture.svg" says enough */
	struct buf known;
	buf_init(&known, 200);
	for (const struct report_format *format = report_formats(); format->name; format++) {
		if (!strcmp(format->name, name)) {
			*out = format;
			buf_finish(&known);
			return 0;
		}
		buf_printf(&known, "%s%s", known.length ? ", " : "", format->name);
	}
	int result = err_set(err, ERR_INPUT, "sightline report: no format \"%s\"; there is: %s", name, known.data);
	buf_finish(&known);
	return result;
}

static int parse_top(const struct options *options, size_t *top, struct err *err)
{
	const char *text = options_value(options, "top");
	char *end;
	if (!text)
		return 0;
	unsigned long value = strtoul(text, &end, 10);
	if (*end || end == text || *text == '-' || value < 1 || value > 10000)
		return err_set(err, ERR_INPUT, "--top %s: give a number from 1 to 10000", text);
	*top = value;
	return 0;
}

static int run_report(const struct options *options, int *code, struct err *err)
{
	(void)code;
	const struct report_format *format = NULL;
	const char *path = options_value(options, "output");
	struct drawing drawing = {0};
	struct session session;
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline report: \"%s\" is unexpected; did you mean -o %s?", options->operands[0],
			       options->operands[0]);
	bool trend = options_has(options, "trend");
	const char *wanted = options_value(options, "format");
	int result = find_format(trend && !wanted && !path ? "svg" : wanted, path, &format, err);
	if (!result && trend && strcmp(format->name, "svg"))
		result = err_set(err, ERR_INPUT, "sightline report --trend: draws svg, not %s", format->name);
	if (!result)
		result = parse_top(options, &drawing.report.top_nodes, err);
	struct options without_format = *options; /* --format is a picture's here, not that of rows */
	struct option_value *values = mem_zalloc(options->value_count + 1, sizeof *values);
	without_format.values = values;
	without_format.value_count = 0;
	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, "format"))
			values[without_format.value_count++] = options->values[i];
	if (!result)
		result = trend ? session_start(&without_format, NULL, &session, err) : session_open(&without_format, &session, err);
	free(values);
	if (!result && trend)
		return trend_report(options, &session, path, err);
	if (result)
		return result;
	drawing.arena = arena_create();
	drawing.names = interner_create();
	char *title = NULL;
	drawing.report.release = session.release;
	result = model_codebase(session.model, &title, err);
	drawing.report.title = title && *title ? title : "codebase";
	if (!result)
		result = fill(&drawing, &session, options_value(options, "focus"), err);
	if (!result)
		result = write_report(&drawing.report, format, path, err);
	if (!result && path && strcmp(path, "-") && !session.quiet)
		terminal_print(stderr, "sightline: wrote ", path, "\n");
	if (!result)
		result = session_print_coverage(&session, stderr, err);
	free(title);
	free(drawing.report.nodes);
	free(drawing.parts);
	free(drawing.report.edges);
	free(drawing.report.groups);
	interner_destroy(drawing.names);
	arena_destroy(drawing.arena);
	session_finish(&session);
	return result;
}

static const struct option_spec report_options[] = {
	{0, "format", "dot|svg", "what to write (default: by the name of the output, else dot)"},
	{'o', "output", "PATH", "where to (default: standard output)"},
	{0, "focus", "DOMAIN", "draw the files of one domain and its neighbours"},
	{0, "top", "N", "draw the N largest, fold the rest (default: 40)"},
	{0, "trend", NULL, "draw size, domains, debt and cycles over all releases; those that match the glob --release"},
	OPTION_RELEASE, {0, NULL, NULL, NULL},
};
const struct command_spec command_report = {
	.name = "report", .synopsis = "[--format dot|svg] [-o PATH] [--trend]", .summary = "draw the architecture",
	.description = "Domains sized by lines and coloured by debt with their most important files, dependencies by weight, cycles\n"
		       "marked; after traced runs also what they showed and what they did not. What is not among the top N is folded and\n"
		       "counted. In the SVG, pointing at something tells its numbers and shows only its arrows; a click keeps them.",
	.examples = "  sightline report --format svg -o architecture.svg\n      a picture for the browser\n"
		    "  sightline report --focus networking -o networking.svg\n      the files of one domain\n"
		    "  sightline report --trend --release 'v2.*' -o trend.svg\n      size, domains, debt and cycles from release to release\n"
		    "  sightline report --format dot | dot -Tpdf > architecture.pdf\n      Graphviz in another format",
	.options = report_options, .run = run_report,
};
