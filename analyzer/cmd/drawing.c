/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/drawing.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "graph/graph.h"

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

/* Rows: name, lines, debt, files, functions, group (NULL none), outside, detail, cohesion, exclusivity. */
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
		node->cohesion = rows_real(rows, 8);
		node->exclusivity = rows_real(rows, 9);
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

/* Rows: file, domain, lines, code lines, debt, functions, cyclomatic, cognitive, is a header. names: of files, number = index. */
static int read_files(struct drawing *drawing, const struct session *session, const char *focus, struct interner *names,
		      struct err *err)
{
	const char *parameters[] = {session->release, focus};
	struct report *report = &drawing->report;
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "report_files", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		const char *domain = rows_text(rows, 1, NULL);
		mem_grow(&report->files, &drawing->file_capacity, report->file_count + 1, sizeof *report->files);
		struct report_file *file = &report->files[report->file_count++];
		*file = (struct report_file){.path = text_of(drawing, rows, 0), .node = REPORT_NONE, .domain = text_of(drawing, rows, 1),
			.lines = rows_real(rows, 2), .code_lines = rows_real(rows, 3), .debt = rows_real(rows, 4),
			.functions = (uint32_t)rows_integer(rows, 5), .cyclomatic = rows_real(rows, 6), .cognitive = rows_real(rows, 7),
			.is_header = rows_integer(rows, 8) != 0};
		if (!focus && !interner_find(drawing->names, domain, strlen(domain), &file->node))
			file->node = REPORT_NONE;
		interner_add_string(names, file->path);
	}
	rows_close(rows);
	return result;
}

/* Rows: from, to, weight, seen in runs, includes. Those of which an end is not among the files are left out. */
static int read_links(struct drawing *drawing, const struct session *session, const struct interner *names, struct err *err)
{
	const char *parameters[] = {session->release};
	struct report *report = &drawing->report;
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "report_links", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		struct report_link link = {.weight = rows_real(rows, 2), .observed = rows_real(rows, 3), .includes = rows_integer(rows, 4) != 0};
		const char *from = rows_text(rows, 0, NULL);
		if (!interner_find(names, from, strlen(from), &link.from))
			continue;
		const char *to = rows_text(rows, 1, NULL);
		if (!interner_find(names, to, strlen(to), &link.to) || link.from == link.to)
			continue;
		mem_grow(&report->links, &drawing->link_capacity, report->link_count + 1, sizeof *report->links);
		report->links[report->link_count++] = link;
	}
	rows_close(rows);
	return result;
}

/* Rows: title, goal, domain, why, steps, priority, minutes, findings. */
static int read_tasks(struct drawing *drawing, const struct session *session, const char *focus, struct err *err)
{
	const char *parameters[] = {session->release, focus};
	struct report *report = &drawing->report;
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "report_tasks", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(&report->tasks, &drawing->task_capacity, report->task_count + 1, sizeof *report->tasks);
		report->tasks[report->task_count++] = (struct report_task){
			.title = text_of(drawing, rows, 0), .goal = text_of(drawing, rows, 1),
			.domain = rows_type(rows, 2) != VALUE_NULL ? text_of(drawing, rows, 2) : NULL,
			.why = rows_type(rows, 3) != VALUE_NULL ? text_of(drawing, rows, 3) : NULL,
			.steps = rows_type(rows, 4) != VALUE_NULL ? text_of(drawing, rows, 4) : NULL, .priority = rows_real(rows, 5),
			.effort_minutes = (uint32_t)rows_integer(rows, 6), .findings = (uint32_t)rows_integer(rows, 7)};
	}
	rows_close(rows);
	return result;
}

/* The one text of a query's first row, into the drawing; *out stays where there is no row or it is NULL. */
static int read_text(struct drawing *drawing, const struct session *session, const char *query, const char **out, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	bool has_row = false;
	int result = model_query_named(session->model, query, parameters, 1, &rows, err);
	if (!result)
		result = rows_next(rows, &has_row, err);
	if (!result && has_row && rows_type(rows, 0) != VALUE_NULL)
		*out = text_of(drawing, rows, 0);
	rows_close(rows);
	return result;
}

/* Rows: kind, what. */
static int read_changes(struct drawing *drawing, const struct session *session, const struct drawing_options *options, struct err *err)
{
	struct report *report = &drawing->report;
	struct rows *rows = NULL;
	char *base = NULL;
	bool has_row;
	int result = 0;
	if (options->base) {
		result = model_release_resolve(session->model, options->base, &base, err);
		if (!result && !strcmp(base, session->release))
			result = err_set(err, ERR_INPUT, "--base %s: is the release that is told of; name an older one", base);
		report->previous = base ? arena_strdup(drawing->arena, base) : NULL;
		free(base);
	} else {
		result = read_text(drawing, session, "report_previous", &report->previous, err);
	}
	if (result || !report->previous)
		return result;
	const char *parameters[] = {session->release, options->focus, report->previous};
	result = model_query_named(session->model, "report_changes", parameters, 3, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(&report->changes, &drawing->change_capacity, report->change_count + 1, sizeof *report->changes);
		report->changes[report->change_count++] = (struct report_change){text_of(drawing, rows, 0), text_of(drawing, rows, 1)};
	}
	rows_close(rows);
	return result;
}

static int read_subtitle(struct drawing *drawing, const struct session *session, const char *focus, struct err *err)
{
	const char *parameters[] = {session->release, focus};
	struct rows *rows = NULL;
	bool has_row = false;
	int result = model_query_named(session->model, "report_subtitle", parameters, 2, &rows, err);
	if (!result)
		result = rows_next(rows, &has_row, err);
	if (!result && has_row) {
		drawing->report.subtitle = text_of(drawing, rows, 0);
		drawing->report.has_runs = rows_integer(rows, 1) != 0;
	}
	rows_close(rows);
	return result;
}

/* What some formats tell beside boxes and arrows. */
static int fill_details(struct drawing *drawing, const struct session *session, const struct drawing_options *options, struct err *err)
{
	struct interner *files = interner_create();
	int result = 0;
	if (options->needs & REPORT_NEEDS_FILES) {
		result = read_files(drawing, session, options->focus, files, err);
		if (!result)
			result = read_links(drawing, session, files, err);
	}
	interner_destroy(files);
	if (result || !(options->needs & REPORT_NEEDS_TASKS))
		return result;
	result = read_tasks(drawing, session, options->focus, err);
	if (!result)
		result = read_changes(drawing, session, options, err);
	if (!result)
		result = read_text(drawing, session, "coverage_statement", &drawing->report.coverage, err);
	return result;
}

int drawing_fill(struct drawing *drawing, const struct session *session, const struct drawing_options *options, struct err *err)
{
	const char *focus = options->focus;
	const char *nodes = focus ? "report_focus_files" : options->of_files ? "report_all_files" : "report_domains";
	const char *edges = focus ? "report_focus_edges" : options->of_files ? "report_all_edges" : "report_edges";
	int result = read_nodes(drawing, session, nodes, focus, err);
	drawing->report.release = session->release;
	drawing->report.focus = focus;
	if (!result && !drawing->report.node_count)
		result = focus ? err_set(err, ERR_NOT_FOUND, "release %s has no domain \"%s\"; 'sightline domains' lists them",
					 session->release, focus)
			       : err_set(err, ERR_INPUT, "release %s has no files to draw", session->release);
	if (!result && (focus || options->of_files))
		shorten_labels(&drawing->report);
	else if (!result)
		result = read_parts(drawing, session, err);
	if (!result)
		result = read_edges(drawing, session, edges, focus, err);
	if (!result)
		result = read_subtitle(drawing, session, focus, err);
	if (!result)
		result = fill_details(drawing, session, options, err);
	if (!result)
		mark_cycles(&drawing->report);
	return result;
}

void drawing_init(struct drawing *drawing)
{
	*drawing = (struct drawing){.arena = arena_create(), .names = interner_create()};
}

void drawing_finish(struct drawing *drawing)
{
	free(drawing->report.nodes);
	free(drawing->parts);
	free(drawing->report.edges);
	free(drawing->report.groups);
	free(drawing->report.files);
	free(drawing->report.links);
	free(drawing->report.tasks);
	free(drawing->report.changes);
	interner_destroy(drawing->names);
	arena_destroy(drawing->arena);
}
