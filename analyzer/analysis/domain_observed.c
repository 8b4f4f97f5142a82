/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs say of which files belong together: calls that happened, and resources that few use. */
#include <math.h>
#include <stdlib.h>

#include "analysis/domain_observed.h"
#include "analysis/domain_internal.h"

#define MOST_SHARERS 8 /* files of a resource that ties them; what more use is everyone's */

struct tie { uint32_t from, to; double weight; };
struct ties { struct tie *items; size_t count, capacity; };

static uint32_t file_of(const struct graph *graph, uint32_t symbol)
{
	if (symbol >= graph->symbol_count || graph->function_of[symbol] == GRAPH_NONE)
		return GRAPH_NONE;
	return graph->functions[graph->function_of[symbol]].file;
}

static int compare_ties(const void *a, const void *b)
{
	const struct tie *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static void add(struct ties *ties, uint32_t from, uint32_t to, double weight)
{
	mem_grow(&ties->items, &ties->capacity, ties->count + 1, sizeof *ties->items);
	ties->items[ties->count++] = (struct tie){from, to, weight};
}

/* Calls between two files in one row each. */
static void gather_calls(const struct graph *graph, const struct observed_result *observed, struct ties *ties)
{
	size_t kept = 0;
	for (size_t i = 0; i < observed->call_count; i++) {
		const struct observed_call *call = &observed->calls[i];
		uint32_t from = file_of(graph, call->caller), to = file_of(graph, call->callee);
		if (from != GRAPH_NONE && to != GRAPH_NONE && from != to && !call->is_doubtful)
			add(ties, from, to, (double)call->count);
	}
	if (ties->count)
		qsort(ties->items, ties->count, sizeof *ties->items, compare_ties);
	for (size_t i = 0; i < ties->count; i++) {
		if (kept && !compare_ties(&ties->items[kept - 1], &ties->items[i]))
			ties->items[kept - 1].weight += ties->items[i].weight;
		else
			ties->items[kept++] = ties->items[i];
	}
	ties->count = kept;
}

/* As in the source: the logarithm of how often, less for what all call and what calls all. */
static void weigh_calls(const struct graph *graph, struct ties *ties)
{
	double all = log((double)graph->file_count + 1);
	uint32_t *in = mem_zalloc((size_t)graph->file_count + 1, sizeof *in), *out = mem_zalloc((size_t)graph->file_count + 1, sizeof *out);
	for (size_t i = 0; i < ties->count; i++) {
		in[ties->items[i].to]++;
		out[ties->items[i].from]++;
	}
	for (size_t i = 0; i < ties->count; i++) {
		struct tie *tie = &ties->items[i];
		tie->weight = log1p(tie->weight) * (all - log(in[tie->to])) * (all - log(out[tie->from])) / all;
	}
	free(in);
	free(out);
}

struct use { uint32_t resource, file; };

static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

static void tie_sharers(const struct graph *graph, const struct observed_result *observed, struct ties *ties)
{
	struct use *uses = mem_alloc((observed->use_count + 1) * sizeof *uses);
	size_t count = 0, kept = 0;
	for (size_t i = 0; i < observed->use_count; i++) {
		uint32_t file = file_of(graph, observed->uses[i].symbol);
		if (file != GRAPH_NONE)
			uses[count++] = (struct use){observed->uses[i].resource, file};
	}
	if (count)
		qsort(uses, count, sizeof *uses, compare_uses);
	for (size_t i = 0; i < count; i++)
		if (!kept || compare_uses(&uses[kept - 1], &uses[i]))
			uses[kept++] = uses[i];
	for (size_t start = 0, end; start < kept; start = end) {
		for (end = start; end < kept && uses[end].resource == uses[start].resource; end++)
			;
		for (size_t a = start; end - start <= MOST_SHARERS && a < end; a++)
			for (size_t b = a + 1; b < end; b++)
				add(ties, uses[a].file, uses[b].file, log((double)graph->file_count + 1) / (double)(end - start - 1));
	}
	free(uses);
}

struct weighted_edge *domain_observed_edges(const struct graph *graph, const struct observed_result *observed, size_t *count)
{
	struct ties ties = {0};
	gather_calls(graph, observed, &ties);
	weigh_calls(graph, &ties);
	tie_sharers(graph, observed, &ties);
	struct weighted_edge *edges = mem_alloc((ties.count + 1) * sizeof *edges);
	for (size_t i = 0; i < ties.count; i++) {
		uint32_t from = ties.items[i].from, to = ties.items[i].to;
		edges[i] = (struct weighted_edge){from < to ? from : to, from < to ? to : from, ties.items[i].weight};
	}
	*count = domain_edges_unite(edges, ties.count);
	free(ties.items);
	return edges;
}
