/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What entry points reach, and in how many calls. */
#include "analysis/reach.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/call_lists.h"
#include "analysis/closure.h"

#define PROGRAM_ROWS 1000000
#define OTHER_ROWS_PER_FUNCTION 10
#define OTHER_ROWS_LEAST 20000

/* ---- calls as lists ---- */

struct pair { const struct graph *graph; uint32_t *counts; struct call_lists *lists; };

static void take_call(struct pair *pair, uint32_t caller, uint32_t callee)
{
	uint32_t from = pair->graph->function_of[caller], to = pair->graph->function_of[callee];
	if (from == GRAPH_NONE || to == GRAPH_NONE)
		return;
	if (pair->counts)
		pair->counts[from + 2]++;
	else
		pair->lists->target[pair->lists->first[from + 1]++] = to;
}

static void take_calls(struct pair *pair, const struct indirect_result *indirect, const bool *handed_over)
{
	const struct graph *graph = pair->graph;
	for (uint32_t i = 0; i < graph->call_count; i++)
		take_call(pair, graph->calls[i].caller, graph->calls[i].callee);
	for (size_t i = 0; i < indirect->count; i++)
		take_call(pair, indirect->calls[i].caller, indirect->calls[i].callee);
	for (uint32_t i = 0; handed_over && i < graph->use_count; i++)
		if (graph->uses[i].kind == REF_ADDRESS && graph->uses[i].from != GRAPH_NONE && handed_over[graph->uses[i].to])
			take_call(pair, graph->uses[i].from, graph->uses[i].to);
}

void call_lists_build(const struct graph *graph, const struct indirect_result *indirect, const bool *handed_over, struct call_lists *out)
{
	out->first = mem_zalloc((size_t)graph->function_count + 3, sizeof *out->first);
	struct pair pair = {.graph = graph, .counts = out->first, .lists = out};
	take_calls(&pair, indirect, handed_over);
	for (uint32_t i = 2; i < graph->function_count + 2; i++)
		out->first[i] += out->first[i - 1];
	out->target = mem_alloc(((size_t)out->first[graph->function_count + 1] + 1) * sizeof *out->target);
	pair.counts = NULL;
	take_calls(&pair, indirect, handed_over);
}

void call_lists_finish(struct call_lists *lists)
{
	free(lists->first);
	free(lists->target);
}

/* ---- flows ---- */

struct walk {
	const struct graph *graph;
	struct call_lists calls;
	uint32_t *symbol, *stamp, *depth, *queue; /* per function */
	uint32_t mark;
	struct reach_result *out;
	struct reach_flow *flows; size_t flow_count, flow_capacity; /* entry after entry */
};

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

#define MANY 16 /* a flow of more than one in so many functions is put in order by looking at all of them */

/* What was reached from symbol becomes rows, by function; functions are sorted by symbol. */
static void add_rows(struct walk *walk, uint32_t symbol, uint32_t reached)
{
	const struct graph *graph = walk->graph;
	mem_grow(&walk->flows, &walk->flow_capacity, walk->flow_count + reached, sizeof *walk->flows);
	struct reach_flow *to = walk->flows + walk->flow_count;
	walk->flow_count += reached;
	if (reached > graph->function_count / MANY) {
		for (uint32_t f = 0; f < graph->function_count; f++)
			if (walk->stamp[f] == walk->mark)
				*to++ = (struct reach_flow){symbol, walk->symbol[f], walk->depth[f]};
		return;
	}
	qsort(walk->queue, reached, sizeof *walk->queue, compare_numbers);
	for (uint32_t i = 0; i < reached; i++)
		*to++ = (struct reach_flow){symbol, walk->symbol[walk->queue[i]], walk->depth[walk->queue[i]]};
}

#define FETCHED 4 /* lists of calls that are fetched ahead */

/* Breadth first from one function; with rows each function reached becomes one of its flow. */
static void walk_from(struct walk *walk, uint32_t symbol, bool with_rows)
{
	struct reach_result *out = walk->out;
	uint32_t start = walk->graph->function_of[symbol], head = 0, tail = 0;
	walk->mark++;
	walk->queue[tail++] = start;
	walk->stamp[start] = walk->mark;
	walk->depth[start] = 0;
	while (head < tail) {
		uint32_t at = walk->queue[head++];
		if (head + FETCHED < tail) /* lists lie anywhere */
			__builtin_prefetch(&walk->calls.target[walk->calls.first[walk->queue[head + FETCHED]]]);
		uint32_t function = walk->symbol[at];
		bool is_known = out->reachable[function];
		out->reachable[function] = true;
		if (is_known && !with_rows)
			continue; /* whatever it reaches is known to be reachable */
		for (uint32_t i = walk->calls.first[at]; i < walk->calls.first[at + 1]; i++) {
			uint32_t next = walk->calls.target[i];
			if (walk->stamp[next] == walk->mark)
				continue;
			walk->stamp[next] = walk->mark;
			walk->depth[next] = walk->depth[at] + 1;
			walk->queue[tail++] = next;
		}
	}
	if (with_rows)
		add_rows(walk, symbol, tail);
}

struct candidate { uint32_t symbol, reaches; bool is_program; };
struct block { uint32_t symbol; size_t first, count; }; /* the rows of one entry */

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->is_program != y->is_program)
		return x->is_program ? -1 : 1;
	if (!x->is_program && x->reaches != y->reaches)
		return x->reaches < y->reaches ? -1 : 1;
	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

static int compare_blocks(const void *a, const void *b)
{
	const struct block *x = a, *y = b;
	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

/* The rows in order of their entries. */
static void order_rows(struct walk *walk, struct block *blocks, size_t count)
{
	struct reach_result *out = walk->out;
	out->flows = mem_alloc((walk->flow_count + 1) * sizeof *out->flows);
	if (count)
		qsort(blocks, count, sizeof *blocks, compare_blocks);
	for (size_t i = 0; i < count; i++) {
		if (blocks[i].count)
			memcpy(out->flows + out->flow_count, walk->flows + blocks[i].first, blocks[i].count * sizeof *out->flows);
		out->flow_count += blocks[i].count;
	}
	free(walk->flows);
}

/* How much each entry reaches is counted before anything is stored. */
static void count_reached(struct walk *walk)
{
	uint32_t functions = walk->graph->function_count;
	uint32_t *component = mem_alloc(((size_t)functions + 1) * sizeof *component), *size = walk->stamp, *reached = walk->depth;
	closure_compute(functions, walk->calls.first, walk->calls.target, component, size, reached);
	walk->out->reaches = mem_zalloc(walk->out->entries.count + 1, sizeof *walk->out->reaches);
	for (size_t i = 0; i < walk->out->entries.count; i++)
		walk->out->reaches[i] = reached[walk->graph->function_of[walk->out->entries.items[i].symbol]];
	memset(walk->stamp, 0, ((size_t)functions + 1) * sizeof *walk->stamp);
	free(component);
}

void reach_compute(const struct graph *graph, const struct indirect_result *indirect, struct reach_result *out)
{
	*out = (struct reach_result){0};
	struct walk walk = {.graph = graph, .out = out};
	size_t room = (size_t)graph->function_count + 1;
	call_lists_build(graph, indirect, NULL, &walk.calls);
	entry_points_find(graph, indirect, &out->entries);
	out->reachable = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *out->reachable);
	walk.symbol = mem_alloc(room * sizeof *walk.symbol);
	for (uint32_t f = 0; f < graph->function_count; f++)
		walk.symbol[f] = graph->functions[f].symbol;
	walk.stamp = mem_zalloc(room, sizeof *walk.stamp);
	walk.depth = mem_alloc(room * sizeof *walk.depth);
	walk.queue = mem_alloc(room * sizeof *walk.queue);
	count_reached(&walk);
	struct candidate *candidates = mem_alloc((out->entries.count + 1) * sizeof *candidates);
	for (size_t i = 0; i < out->entries.count; i++) {
		const struct entry_point *entry = &out->entries.items[i];
		bool is_again = i && out->entries.items[i - 1].symbol == entry->symbol;
		if (!is_again)
			candidates[out->flows_wanted++] = (struct candidate){entry->symbol, out->reaches[i], false};
		candidates[out->flows_wanted - 1].is_program |= entry_kind_is_program(entry->kind);
	}
	if (out->flows_wanted)
		qsort(candidates, out->flows_wanted, sizeof *candidates, compare_candidates);
	size_t others = (size_t)graph->function_count * OTHER_ROWS_PER_FUNCTION, used = 0;
	others = others < OTHER_ROWS_LEAST ? OTHER_ROWS_LEAST : others;
	struct block *blocks = mem_alloc((out->flows_wanted + 1) * sizeof *blocks);
	for (size_t i = 0; i < out->flows_wanted; i++) {
		const struct candidate *candidate = &candidates[i];
		if (i && candidate[-1].is_program && !candidate->is_program)
			used = 0;
		bool with_rows = used + candidate->reaches <= (candidate->is_program ? PROGRAM_ROWS : others);
		used += with_rows ? candidate->reaches : 0;
		out->flows_kept += with_rows;
		size_t first = walk.flow_count;
		walk_from(&walk, candidate->symbol, with_rows);
		blocks[i] = (struct block){candidate->symbol, first, walk.flow_count - first};
	}
	order_rows(&walk, blocks, out->flows_wanted);
	free(blocks);
	free(candidates);
	free(walk.symbol);
	free(walk.stamp);
	free(walk.depth);
	free(walk.queue);
	call_lists_finish(&walk.calls);
}

void reach_result_finish(struct reach_result *result)
{
	entry_points_finish(&result->entries);
	free(result->reaches);
	free(result->flows);
	free(result->reachable);
	free(result->parts);
	free(result->part_of);
	*result = (struct reach_result){0};
}
