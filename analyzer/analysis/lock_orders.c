/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what functions do with locks to the orders in which locks are taken. */
#include "analysis/lock_orders.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"

enum { DEPTH = 3, LOOKED_AT = 256 /* functions that are looked at for one call under a lock */ };

struct finding {
	const struct graph *graph;
	struct lock_orders *out;
	bool *seen;                     /* per symbol: function was looked at for the call at hand */
	uint32_t *looked_at, count;
};

/* First of rows that begin with the function they are of, and are sorted by it; may lie behind the last. */
static uint32_t first_row(const void *rows, size_t size, uint32_t count, uint32_t function)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (*(const uint32_t *)(const void *)((const char *)rows + middle * size) < function)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t first_lock(const struct graph *graph, uint32_t from)
{
	static_assert(offsetof(struct graph_lock, from) == 0, "first_row");
	return first_row(graph->locks, sizeof *graph->locks, graph->lock_count, from);
}

static uint32_t first_call(const struct graph *graph, uint32_t caller)
{
	static_assert(offsetof(struct graph_call, caller) == 0, "first_row");
	return first_row(graph->calls, sizeof *graph->calls, graph->call_count, caller);
}

static void add(struct lock_orders *out, uint32_t held, uint32_t taken, uint32_t function)
{
	mem_grow(&out->items, &out->capacity, out->count + 1, sizeof *out->items);
	out->items[out->count++] = (struct lock_order){held, taken, function};
}

static void look_at(struct finding *finding, uint32_t function)
{
	if (finding->seen[function] || finding->count == LOOKED_AT)
		return;
	finding->seen[function] = true;
	finding->looked_at[finding->count++] = function;
}

/* A function that gives back what its caller holds; or takes it, too: then a flag says who holds it, and it may be given back. */
static bool settles(const struct graph *graph, uint32_t function, uint32_t held)
{
	for (uint32_t i = first_lock(graph, function); i < graph->lock_count && graph->locks[i].from == function; i++)
		if (graph->locks[i].to == held && (graph->locks[i].held == held || graph->locks[i].held == GRAPH_NONE))
			return true;
	return false;
}

/* What is taken while row->held is, in the function that row->to is and those that it calls: breadth first. */
static void follow(struct finding *finding, const struct graph_lock *row)
{
	const struct graph *graph = finding->graph;
	finding->count = 0;
	look_at(finding, row->to);
	uint32_t at = 0;
	for (uint32_t depth = 0, end = finding->count; depth < DEPTH && at < end; depth++, end = finding->count)
		for (; at < end; at++) {
			uint32_t function = finding->looked_at[at];
			if (settles(graph, function, row->held))
				continue;
			for (uint32_t i = first_lock(graph, function); i < graph->lock_count && graph->locks[i].from == function; i++)
				if (graph->locks[i].held == GRAPH_NONE && graph->locks[i].to != row->held)
					add(finding->out, row->held, graph->locks[i].to, row->from);
			for (uint32_t i = first_call(graph, function); i < graph->call_count && graph->calls[i].caller == function; i++)
				look_at(finding, graph->calls[i].callee);
		}
	for (uint32_t i = 0; i < finding->count; i++)
		finding->seen[finding->looked_at[i]] = false;
}

static int compare(const void *a, const void *b)
{
	const struct lock_order *x = a, *y = b;
	if (x->held != y->held)
		return x->held < y->held ? -1 : 1;
	if (x->taken != y->taken)
		return x->taken < y->taken ? -1 : 1;
	return (x->function > y->function) - (x->function < y->function);
}

void lock_orders_find(const struct graph *graph, struct lock_orders *out)
{
	*out = (struct lock_orders){0};
	struct finding finding = {.graph = graph, .out = out, .seen = mem_zalloc((size_t)graph->symbol_count + 1, sizeof(bool)),
				  .looked_at = mem_alloc(LOOKED_AT * sizeof(uint32_t))};
	for (uint32_t i = 0; i < graph->lock_count; i++) {
		const struct graph_lock *row = &graph->locks[i];
		if (row->held == GRAPH_NONE || row->held == row->to)
			continue;
		if (graph->symbols[row->to].kind == SYMBOL_FUNCTION)
			follow(&finding, row);
		else
			add(out, row->held, row->to, row->from);
	}
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, compare);
	size_t kept = 0;
	for (size_t i = 0; i < out->count; i++)
		if (!kept || compare(&out->items[kept - 1], &out->items[i]) != 0)
			out->items[kept++] = out->items[i];
	out->count = kept;
	free(finding.seen);
	free(finding.looked_at);
}

void lock_orders_finish(struct lock_orders *orders)
{
	free(orders->items);
	*orders = (struct lock_orders){0};
}
