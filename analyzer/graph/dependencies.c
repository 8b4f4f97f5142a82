/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File dependencies: symbols' relations, summed up by the files that hold them. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/sort.h"
#include "graph/graph.h"

struct list {
	struct file_dependency *items;
	size_t count, capacity;
};

static void add(struct list *list, uint32_t from, uint32_t to, enum dependency_kind kind, float weight)
{
	if (from == GRAPH_NONE || to == GRAPH_NONE || from == to)
		return;
	mem_grow(&list->items, &list->capacity, list->count + 1, sizeof *list->items);
	list->items[list->count++] = (struct file_dependency){from, to, (uint8_t)kind, weight};
}

static int compare(const void *a, const void *b)
{
	const struct file_dependency *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

static uint64_t key_of(const void *row, unsigned part)
{
	const struct file_dependency *x = row;
	return part ? x->kind : (uint64_t)x->from << 32 | x->to;
}

static enum dependency_kind kind_of_use(uint8_t kind)
{
	switch ((enum reference_kind)kind) {
	case REF_READ: return DEPENDENCY_READ;
	case REF_WRITE: return DEPENDENCY_WRITE;
	case REF_ADDRESS: return DEPENDENCY_ADDRESS;
	case REF_TYPE: return DEPENDENCY_TYPE;
	case REF_FIELD_READ: case REF_FIELD_WRITE: case REF_FIELD_ADDRESS: return DEPENDENCY_FIELD;
	case REF_MACRO: return DEPENDENCY_MACRO;
	default: return DEPENDENCY_CALL;
	}
}

/* A macro that a file sets before it includes another ("#define LUA_CORE", a list of X()) is a parameter of what it includes: that
 * does not need the file, as little as a function needs its callers. A source is told by that others cannot include it first. */
static bool is_parameter(const struct graph *graph, const struct map64 *includes, const struct graph_use *use)
{
	uint32_t user = use->from_file, definer = graph->symbols[use->to].file, ignored;
	if (use->kind != REF_MACRO || user == definer || definer == GRAPH_NONE || user == GRAPH_NONE)
		return false;
	if (graph->files[user].is_header && !graph->files[definer].is_header)
		return true;
	return map64_get(includes, (uint64_t)definer << 32 | user, &ignored) && !map64_get(includes, (uint64_t)user << 32 | definer, &ignored);
}

static struct map64 *index_includes(const struct graph *graph)
{
	struct map64 *includes = map64_create();
	for (uint32_t i = 0; i < graph->include_count; i++)
		if (graph->includes[i].target != GRAPH_NONE)
			map64_put(includes, (uint64_t)graph->includes[i].file << 32 | graph->includes[i].target, 0);
	return includes;
}

struct file_dependency *graph_dependencies(const struct graph *graph, const struct graph_call *indirect,
					   size_t indirect_count, size_t *count)
{
	struct list list = {0};
	for (uint32_t i = 0; i < graph->call_count; i++) {
		const struct graph_call *call = &graph->calls[i];
		const struct graph_symbol *callee = &graph->symbols[call->callee];
		add(&list, call->file, callee->is_defined ? callee->file : GRAPH_NONE, DEPENDENCY_CALL,
		    (float)call->sites * call->confidence);
	}
	for (size_t i = 0; i < indirect_count; i++)
		add(&list, indirect[i].file, graph->symbols[indirect[i].callee].file, DEPENDENCY_INDIRECT,
		    (float)indirect[i].sites * indirect[i].confidence);
	struct map64 *includes = index_includes(graph);
	for (uint32_t i = 0; i < graph->use_count; i++) {
		if (is_parameter(graph, includes, &graph->uses[i]))
			continue;
		const struct graph_symbol *to = &graph->symbols[graph->uses[i].to];
		add(&list, graph->uses[i].from_file, to->is_defined ? to->file : GRAPH_NONE,
		    kind_of_use(graph->uses[i].kind), (float)graph->uses[i].sites);
	}
	map64_destroy(includes);
	for (uint32_t i = 0; i < graph->include_count; i++)
		add(&list, graph->includes[i].file, graph->includes[i].target, DEPENDENCY_INCLUDE, 1);
	sort_rows(list.items, list.count, sizeof *list.items, 2, key_of);
	size_t kept = 0;
	for (size_t i = 0; i < list.count; i++) {
		if (kept && compare(&list.items[kept - 1], &list.items[i]) == 0) {
			if (list.items[i].kind != DEPENDENCY_INCLUDE)
				list.items[kept - 1].weight += list.items[i].weight;
		} else {
			list.items[kept++] = list.items[i];
		}
	}
	*count = kept;
	return list.items ? list.items : mem_zalloc(1, sizeof *list.items);
}
