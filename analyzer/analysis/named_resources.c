/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Literals given to known functions become resources and uses. */
#include "analysis/named_resources.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "facts/names.h"
#include "facts/sql.h"

/* Sorted by function, argument. mode: the argument from 1 whose literal tells open from create; 0: none. */
struct api { const char *function; uint32_t argument; const char *kind, *type, *operation; uint32_t mode; };
static const struct api APIS[] = {
#include "resource_table.h"
};
#define API_COUNT (sizeof APIS / sizeof *APIS)

struct found { const char *kind, *name, *type, *operation; uint32_t symbol, line; };

struct finding {
	const struct graph *graph;
	struct named_resources *out;
	struct interner *names;
	struct found *rows; size_t count, capacity;
	/* the literal at hand */
	const struct graph_literal *literal;
	const struct api *api;
};

/* The first row of a function; NULL: none is known. */
static const struct api *api_of(const char *function)
{
	size_t low = 0, high = API_COUNT;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(APIS[middle].function, function) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < API_COUNT && !strcmp(APIS[low].function, function) ? &APIS[low] : NULL;
}

static bool is_of(const struct api *api, const char *function)
{
	return api < APIS + API_COUNT && !strcmp(api->function, function);
}

static void add(struct finding *finding, const char *kind, const char *name, size_t length, const char *operation)
{
	mem_grow(&finding->rows, &finding->capacity, finding->count + 1, sizeof *finding->rows);
	finding->rows[finding->count++] = (struct found){
		kind, interner_text(finding->names, interner_add(finding->names, name, length)), finding->api->type, operation,
		finding->literal->from, finding->literal->line};
}

static void visit_table(void *context, const char *table, const char *operation)
{
	static const char *const OPERATIONS[] = {"select", "insert", "update", "delete", "create", "drop", "alter", "truncate"};
	for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++)
		if (!strcmp(operation, OPERATIONS[i]))
			add(context, "table", table, strlen(table), OPERATIONS[i]);
}

/* open or create, by the literal of another argument at the same place. */
static const char *operation_of(const struct finding *finding)
{
	const struct graph *graph = finding->graph;
	const struct graph_literal *literal = finding->literal;
	if (!finding->api->mode)
		return finding->api->operation;
	for (const struct graph_literal *other = literal; other < graph->literals + graph->literal_count; other++) {
		if (other->from != literal->from || other->callee != literal->callee)
			break;
		if (other->argument == finding->api->mode - 1 && other->line == literal->line)
			return *other->text == 'r' ? "open" : "create";
	}
	return "open";
}

/* As ingest names what runs used. A literal holds no process number of this run, and no place below a home. */
static void take(struct finding *finding)
{
	static const struct name_context CONTEXT = {.root = "\001"};
	const char *kind = finding->api->kind, *text = finding->literal->text;
	size_t length = strlen(text);
	if (!length)
		return;
	if (!strcmp(kind, "sql")) {
		sql_tables(text, length, visit_table, finding);
		return;
	}
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	bool is_path = !strcmp(kind, "file") || !strcmp(kind, "directory");
	bool is_program = !strcmp(kind, "process") || !strcmp(kind, "library");
	bool is_plain = !strcmp(kind, "shared memory") || !strcmp(kind, "queue") || !strcmp(kind, "lock") || !strcmp(kind, "pipe");
	if (is_path || ((is_program || !strcmp(kind, "pipe")) && *text == '/'))
		name_append_path(&CONTEXT, text, length, &name);
	else if (is_plain)
		name_append_plain(&CONTEXT, text, length, &name);
	else
		buf_append(&name, text, !strcmp(kind, "environment") ? strcspn(text, "=") : length);
	if (name.length)
		add(finding, kind, name.data, name.length, operation_of(finding));
	buf_finish(&name);
}

static void read_literals(struct finding *finding)
{
	const struct graph *graph = finding->graph;
	const struct api *api = NULL;
	uint32_t last = GRAPH_NONE;
	for (uint32_t i = 0; i < graph->literal_count; i++) {
		const struct graph_literal *literal = finding->literal = &graph->literals[i];
		const char *function = graph->symbols[literal->callee].name;
		if (literal->callee != last)
			api = api_of(function);
		last = literal->callee;
		if (!api || literal->from == GRAPH_NONE || graph->function_of[literal->from] == GRAPH_NONE)
			continue;
		for (const struct api *row = api; is_of(row, function); row++)
			if (row->argument == literal->argument) {
				finding->api = row;
				finding->out->sites_named += row == api; /* a rename names two files in one call */
				take(finding);
			}
	}
	for (uint32_t i = 0; i < graph->call_count; i++) {
		const struct graph_symbol *callee = &graph->symbols[graph->calls[i].callee];
		if (!callee->is_defined && callee->kind == SYMBOL_FUNCTION && api_of(callee->name))
			finding->out->sites += graph->calls[i].sites;
	}
	if (finding->out->sites_named > finding->out->sites)
		finding->out->sites_named = finding->out->sites;
}

static int compare_names(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = strcmp(x->kind, y->kind);
	if (!order)
		order = strcmp(x->name, y->name);
	return order ? order : strcmp(y->type, x->type); /* one with a type first: it is the resource's */
}

static int compare_uses(const void *a, const void *b)
{
	const struct named_use *x = a, *y = b;
	if (x->symbol != y->symbol)
		return x->symbol < y->symbol ? -1 : 1;
	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	int order = strcmp(x->operation, y->operation);
	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void number_resources(struct finding *finding)
{
	struct named_resources *out = finding->out;
	out->resources = arena_alloc(out->arena, (finding->count + 1) * sizeof *out->resources);
	out->uses = arena_alloc(out->arena, (finding->count + 1) * sizeof *out->uses);
	if (finding->count)
		qsort(finding->rows, finding->count, sizeof *finding->rows, compare_names);
	for (size_t i = 0; i < finding->count; i++) {
		const struct found *row = &finding->rows[i];
		const struct named_resource *last = out->count ? &out->resources[out->count - 1] : NULL;
		if (!last || strcmp(last->kind, row->kind) != 0 || strcmp(last->name, row->name) != 0)
			out->resources[out->count++] = (struct named_resource){row->kind, arena_strdup(out->arena, row->name), row->type};
		out->uses[i] = (struct named_use){row->symbol, out->count - 1, row->operation, 1, row->line};
	}
	if (finding->count)
		qsort(out->uses, finding->count, sizeof *out->uses, compare_uses);
	for (size_t i = 0; i < finding->count; i++) {
		struct named_use *last = out->use_count ? &out->uses[out->use_count - 1] : NULL;
		const struct named_use *row = &out->uses[i];
		if (last && last->symbol == row->symbol && last->resource == row->resource && !strcmp(last->operation, row->operation))
			last->sites++;
		else
			out->uses[out->use_count++] = *row;
	}
}

void named_resources_find(const struct graph *graph, struct named_resources **out)
{
	struct named_resources *result = mem_zalloc(1, sizeof *result);
	struct finding finding = {.graph = graph, .out = result, .names = interner_create()};
	result->arena = arena_create();
	read_literals(&finding);
	number_resources(&finding);
	free(finding.rows);
	interner_destroy(finding.names);
	*out = result;
}

void named_resources_destroy(struct named_resources *result)
{
	if (!result)
		return;
	arena_destroy(result->arena);
	free(result);
}
