/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging how functions from outside are called, and what is done while a lock is held. */
#include "graph/merge_rows.h"

#include <string.h>

static int compare_outcalls(const void *a, const void *b)
{
	const struct graph_outcall *x = a, *y = b;
	int order = merge_order(x->from, y->from);
	if (!order)
		order = merge_order(x->callee, y->callee);
	if (!order)
		order = merge_order(x->flags, y->flags);
	return order ? order : merge_order(x->file, y->file);
}

/* Chunks of one file, seen by several units: what they agree on counts once. */
static void unite_outcalls(void *into, const void *row)
{
	struct graph_outcall *x = into;
	const struct graph_outcall *y = row;
	x->sites = y->sites > x->sites ? y->sites : x->sites;
	x->line = y->line < x->line ? y->line : x->line;
}

static int compare_constants(const void *a, const void *b)
{
	const struct graph_constant *x = a, *y = b;
	int order = merge_order(x->from, y->from);
	if (!order)
		order = merge_order(x->callee, y->callee);
	if (!order)
		order = merge_order(x->argument, y->argument);
	if (!order)
		order = strcmp(x->value, y->value);
	return order ? order : merge_order(x->line, y->line);
}

static void add_outcalls(struct merge *merge, const struct link_chunk *chunk, struct bag *bag)
{
	for (uint32_t i = 0; i < chunk->facts.outcalls_count; i++) {
		const struct facts_outcall *row = &chunk->facts.outcalls[i];
		struct graph_outcall to = {merge_symbol(merge, chunk, row->from_symbol), merge_symbol(merge, chunk, row->callee_symbol),
					   row->flags, merge->file_map[chunk->file], row->sites, row->line};
		if (to.from != GRAPH_NONE && to.callee != GRAPH_NONE)
			*(struct graph_outcall *)bag_add(bag) = to;
	}
}

static void add_constants(struct merge *merge, const struct link_chunk *chunk, struct bag *bag)
{
	for (uint32_t i = 0; i < chunk->facts.constants_count; i++) {
		const struct facts_constant *row = &chunk->facts.constants[i];
		struct graph_constant to = {merge_symbol(merge, chunk, row->from_symbol), merge_symbol(merge, chunk, row->callee_symbol),
					    row->argument, row->line, chunk->facts.strings[row->value_string]};
		if (to.from != GRAPH_NONE && to.callee != GRAPH_NONE)
			*(struct graph_constant *)bag_add(bag) = to;
	}
}

static int compare_locks(const void *a, const void *b)
{
	const struct graph_lock *x = a, *y = b;
	int order = merge_order(x->from, y->from);
	if (!order)
		order = merge_order(x->held, y->held);
	return order ? order : merge_order(x->to, y->to);
}

static void unite_locks(void *into, const void *row)
{
	struct graph_lock *x = into;
	const struct graph_lock *y = row;
	x->sites = y->sites > x->sites ? y->sites : x->sites;
	x->line = y->line < x->line ? y->line : x->line;
}

static void add_locks(struct merge *merge, const struct link_chunk *chunk, struct bag *bag)
{
	for (uint32_t i = 0; i < chunk->facts.locks_count; i++) {
		const struct facts_lock *row = &chunk->facts.locks[i];
		struct graph_lock to = {merge_symbol(merge, chunk, row->from_symbol), merge_symbol(merge, chunk, row->held_symbol),
					merge_symbol(merge, chunk, row->to_symbol), row->line, row->sites};
		if (to.from != GRAPH_NONE && to.to != GRAPH_NONE && (to.held != GRAPH_NONE || row->held_symbol == FACTS_NONE))
			*(struct graph_lock *)bag_add(bag) = to;
	}
}

void merge_outcalls(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag outcalls = {.size = sizeof(struct graph_outcall)}, constants = {.size = sizeof(struct graph_constant)};
	struct bag locks = {.size = sizeof(struct graph_lock)};
	for (size_t c = 0; c < merge->linker->chunk_count; c++) {
		add_outcalls(merge, &merge->linker->chunks[c], &outcalls);
		add_constants(merge, &merge->linker->chunks[c], &constants);
		add_locks(merge, &merge->linker->chunks[c], &locks);
	}
	graph->outcalls = bag_finish(&outcalls, compare_outcalls, unite_outcalls, &graph->outcall_count);
	graph->locks = bag_finish(&locks, compare_locks, unite_locks, &graph->lock_count);
	graph->constants = bag_finish(&constants, compare_constants, NULL, &graph->constant_count);
	for (uint32_t i = 0; i < graph->constant_count; i++)
		graph->constants[i].value = merge_text(merge, graph->constants[i].value);
}
