/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/cycles.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "graph/graph.h"

#define MOVE_ROUNDS 50
#define INCLUDE_WORK UINT64_C(1000000000)

/* One component with its nodes numbered from 0. */
struct part {
	uint32_t count;
	struct cycle_edge *edges; size_t edge_count;
	uint32_t *order; /* node at each position: dependents first; edges against it are cut */
};

static int compare_edges(const void *a, const void *b)
{
	const struct cycle_edge *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* CSR of edges sorted by from. Heap: offsets, targets. */
static void make_rows(uint32_t nodes, const struct cycle_edge *edges, size_t count, uint32_t **offsets, uint32_t **targets)
{
	*offsets = mem_zalloc((size_t)nodes + 1, sizeof **offsets);
	*targets = mem_alloc((count + 1) * sizeof **targets);
	for (size_t i = 0; i < count; i++) {
		(*offsets)[edges[i].from + 1]++;
		(*targets)[i] = edges[i].to;
	}
	for (uint32_t i = 0; i < nodes; i++)
		(*offsets)[i + 1] += (*offsets)[i];
}

/* best[S]: least cost of edges that run from a node placed later to one placed earlier, over all orders of S. */
static void order_exactly(struct part *part)
{
	uint32_t n = part->count, full = (1u << n) - 1;
	double (*cost)[CYCLES_EXACT] = mem_zalloc(n, sizeof *cost);
	double *best = mem_alloc(((size_t)full + 1) * sizeof *best);
	unsigned char *last = mem_zalloc((size_t)full + 1, 1);
	for (size_t i = 0; i < part->edge_count; i++)
		cost[part->edges[i].from][part->edges[i].to] += part->edges[i].cost;
	best[0] = 0;
	for (uint32_t set = 1; set <= full; set++) {
		best[set] = -1;
		for (uint32_t v = 0; v < n; v++) {
			if (!(set >> v & 1))
				continue;
			double sum = best[set & ~(1u << v)];
			for (uint32_t u = 0; u < n; u++)
				if (set >> u & 1)
					sum += cost[v][u];
			if (best[set] < 0 || sum < best[set]) {
				best[set] = sum;
				last[set] = (unsigned char)v;
			}
		}
	}
	for (uint32_t set = full, at = n; set; set &= ~(1u << last[set]))
		part->order[--at] = last[set];
	free(cost);
	free(best);
	free(last);
}

/* The weighted order of Eades, Lin and Smyth: again and again the node with the most going out over coming in. */
static void order_greedily(struct part *part)
{
	uint32_t n = part->count;
	double *balance = mem_zalloc(n, sizeof *balance);
	bool *placed = mem_zalloc(n, sizeof *placed);
	uint32_t *offsets, *targets, *in_offsets = mem_zalloc((size_t)n + 2, sizeof *in_offsets);
	uint32_t *in_edges = mem_alloc((part->edge_count + 1) * sizeof *in_edges);
	make_rows(n, part->edges, part->edge_count, &offsets, &targets);
	for (size_t i = 0; i < part->edge_count; i++) {
		balance[part->edges[i].from] += part->edges[i].cost;
		balance[part->edges[i].to] -= part->edges[i].cost;
		in_offsets[part->edges[i].to + 2]++;
	}
	for (uint32_t i = 0; i <= n; i++)
		in_offsets[i + 1] += in_offsets[i];
	for (size_t i = 0; i < part->edge_count; i++)
		in_edges[in_offsets[part->edges[i].to + 1]++] = (uint32_t)i;
	for (uint32_t at = 0; at < n; at++) {
		uint32_t next = UINT32_MAX;
		for (uint32_t v = 0; v < n; v++)
			if (!placed[v] && (next == UINT32_MAX || balance[v] > balance[next]))
				next = v;
		placed[next] = true;
		part->order[at] = next;
		for (uint32_t i = offsets[next]; i < offsets[next + 1]; i++)
			balance[targets[i]] += part->edges[i].cost;
		for (uint32_t i = in_offsets[next]; i < in_offsets[next + 1]; i++)
			balance[part->edges[in_edges[i]].from] -= part->edges[in_edges[i]].cost;
	}
	free(balance);
	free(placed);
	free(offsets);
	free(targets);
	free(in_offsets);
	free(in_edges);
}

/* Moves node at position from to where it costs least; gain in cost, 0 where it stays. delta[p]: what edges say of place p. */
static double move_node(struct part *part, uint32_t from, const uint32_t *position, double *delta, const uint32_t *offsets,
			const uint32_t *touching)
{
	uint32_t v = part->order[from], n = part->count, best = from;
	memset(delta, 0, ((size_t)n + 1) * sizeof *delta);
	/* With v at place p: out-edges to nodes before p are cut, in-edges from nodes behind p are. Both as steps over p. */
	for (uint32_t i = offsets[v]; i < offsets[v + 1]; i++) {
		const struct cycle_edge *edge = &part->edges[touching[i]];
		if (edge->from == v)
			delta[position[edge->to]] += edge->cost;
		else
			delta[position[edge->from]] -= edge->cost;
	}
	double sum = 0, least = 0, cost = 0;
	for (uint32_t p = from + 1; p < n; p++) {
		sum += delta[p];
		if (sum < least - 1e-9) {
			least = sum;
			best = p;
		}
	}
	for (uint32_t p = from; p-- > 0;) {
		cost -= delta[p];
		if (cost < least - 1e-9) {
			least = cost;
			best = p;
		}
	}
	if (best == from)
		return 0;
	if (best > from)
		memmove(part->order + from, part->order + from + 1, (best - from) * sizeof *part->order);
	else
		memmove(part->order + best + 1, part->order + best, (from - best) * sizeof *part->order);
	part->order[best] = v;
	return -least;
}

static void improve(struct part *part)
{
	uint32_t n = part->count, *position = mem_alloc(n * sizeof *position);
	uint32_t *offsets = mem_zalloc((size_t)n + 2, sizeof *offsets), *touching = mem_alloc((2 * part->edge_count + 1) * sizeof *touching);
	double *delta = mem_alloc(((size_t)n + 1) * sizeof *delta);
	for (size_t i = 0; i < part->edge_count; i++) {
		offsets[part->edges[i].from + 2]++;
		offsets[part->edges[i].to + 2]++;
	}
	for (uint32_t i = 0; i <= n; i++)
		offsets[i + 1] += offsets[i];
	for (size_t i = 0; i < part->edge_count; i++) {
		touching[offsets[part->edges[i].from + 1]++] = (uint32_t)i;
		touching[offsets[part->edges[i].to + 1]++] = (uint32_t)i;
	}
	for (int round = 0; round < MOVE_ROUNDS; round++) {
		double gain = 0;
		for (uint32_t v = 0; v < n; v++) {
			for (uint32_t p = 0; p < n; p++)
				position[part->order[p]] = p;
			gain += move_node(part, position[v], position, delta, offsets, touching);
		}
		if (gain <= 0)
			break;
	}
	free(position);
	free(offsets);
	free(touching);
	free(delta);
}

static int compare_cuts(const void *a, const void *b)
{
	const struct cycle_cut *x = a, *y = b;
	if (x->cycle != y->cycle)
		return x->cycle < y->cycle ? -1 : 1;
	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* edges: sorted; local: node -> number within its cycle. */
static void cut_cycle(const struct cycle_edge *edges, const uint32_t *offsets, const uint32_t *cycle_of, const uint32_t *local,
		      uint32_t number, struct cycles_result *out, size_t *capacity)
{
	const struct cycle *cycle = &out->cycles[number];
	const uint32_t *members = out->members + cycle->first;
	struct part part = {.count = cycle->count, .order = mem_alloc(cycle->count * sizeof *part.order)};
	size_t room = 0;
	for (uint32_t m = 0; m < cycle->count; m++)
		for (uint32_t i = offsets[members[m]]; i < offsets[members[m] + 1]; i++)
			if (cycle_of[edges[i].to] == number) {
				mem_grow(&part.edges, &room, part.edge_count + 1, sizeof *part.edges);
				part.edges[part.edge_count++] = (struct cycle_edge){m, local[edges[i].to], edges[i].cost};
			}
	if (part.count <= CYCLES_EXACT) {
		order_exactly(&part);
	} else {
		order_greedily(&part);
		improve(&part);
	}
	uint32_t *position = mem_alloc(cycle->count * sizeof *position);
	for (uint32_t p = 0; p < part.count; p++)
		position[part.order[p]] = p;
	for (size_t i = 0; i < part.edge_count; i++) {
		const struct cycle_edge *edge = &part.edges[i];
		if (position[edge->from] < position[edge->to])
			continue;
		mem_grow(&out->cuts, capacity, out->cut_count + 1, sizeof *out->cuts);
		out->cuts[out->cut_count++] = (struct cycle_cut){number, members[edge->from], members[edge->to], edge->cost};
	}
	free(position);
	free(part.edges);
	free(part.order);
}

static void number_cycles(uint32_t nodes, const uint32_t *component, uint32_t components, uint32_t *cycle_of, uint32_t *local,
			  struct cycles_result *out)
{
	uint32_t *sizes = mem_zalloc((size_t)components + 1, sizeof *sizes), *number = mem_alloc(((size_t)components + 1) * sizeof *number);
	uint32_t first = 0;
	for (uint32_t i = 0; i < nodes; i++)
		sizes[component[i]]++;
	memset(number, 0xff, ((size_t)components + 1) * sizeof *number);
	out->members = mem_alloc(((size_t)nodes + 1) * sizeof *out->members);
	out->cycles = mem_zalloc((size_t)components + 1, sizeof *out->cycles);
	for (uint32_t i = 0; i < nodes; i++) {
		uint32_t c = component[i];
		cycle_of[i] = UINT32_MAX;
		if (sizes[c] < 2)
			continue;
		if (number[c] == UINT32_MAX) {
			number[c] = (uint32_t)out->count++;
			out->cycles[number[c]].first = first;
			first += sizes[c];
		}
		struct cycle *cycle = &out->cycles[number[c]];
		cycle_of[i] = number[c];
		local[i] = cycle->count;
		out->members[cycle->first + cycle->count++] = i;
	}
	free(sizes);
	free(number);
}

void cycles_find(uint32_t node_count, const struct cycle_edge *given, size_t edge_count, struct cycles_result *out)
{
	memset(out, 0, sizeof *out);
	struct cycle_edge *edges = mem_alloc((edge_count + 1) * sizeof *edges);
	if (edge_count) {
		memcpy(edges, given, edge_count * sizeof *edges);
		qsort(edges, edge_count, sizeof *edges, compare_edges);
	}
	uint32_t *offsets, *targets, *component = mem_alloc(((size_t)node_count + 1) * sizeof *component);
	uint32_t *cycle_of = mem_alloc(((size_t)node_count + 1) * sizeof *cycle_of);
	uint32_t *local = mem_zalloc((size_t)node_count + 1, sizeof *local);
	size_t capacity = 0;
	make_rows(node_count, edges, edge_count, &offsets, &targets);
	uint32_t components = graph_components(node_count, offsets, targets, component);
	number_cycles(node_count, component, components, cycle_of, local, out);
	for (uint32_t i = 0; i < out->count; i++)
		cut_cycle(edges, offsets, cycle_of, local, i, out, &capacity);
	if (out->cut_count)
		qsort(out->cuts, out->cut_count, sizeof *out->cuts, compare_cuts);
	free(edges);
	free(offsets);
	free(targets);
	free(component);
	free(cycle_of);
	free(local);
}

void cycles_result_finish(struct cycles_result *result)
{
	free(result->cycles);
	free(result->members);
	free(result->cuts);
	memset(result, 0, sizeof *result);
}

bool include_costs(uint32_t node_count, const struct include_edge *edges, size_t edge_count, const uint32_t *weights,
		   const bool *is_main, uint64_t *lines, uint32_t *mains)
{
	if ((uint64_t)node_count * (node_count + edge_count) > INCLUDE_WORK * 8)
		return false;
	uint32_t *offsets = mem_zalloc((size_t)node_count + 2, sizeof *offsets), *targets = mem_alloc((edge_count + 1) * sizeof *targets);
	uint32_t *seen = mem_zalloc((size_t)node_count + 1, sizeof *seen), *stack = mem_alloc(((size_t)node_count + 1) * sizeof *stack);
	for (size_t i = 0; i < edge_count; i++)
		offsets[edges[i].from + 2]++;
	for (uint32_t i = 0; i <= node_count; i++)
		offsets[i + 1] += offsets[i];
	for (size_t i = 0; i < edge_count; i++)
		targets[offsets[edges[i].from + 1]++] = edges[i].to;
	memset(mains, 0, node_count * sizeof *mains);
	for (uint32_t start = 0; start < node_count; start++) {
		uint32_t depth = 0;
		lines[start] = 0;
		stack[depth++] = start;
		seen[start] = start + 1;
		while (depth) {
			uint32_t at = stack[--depth];
			lines[start] += weights[at];
			mains[at] += is_main[start];
			for (uint32_t i = offsets[at]; i < offsets[at + 1]; i++)
				if (seen[targets[i]] != start + 1) {
					seen[targets[i]] = start + 1;
					stack[depth++] = targets[i];
				}
		}
	}
	free(offsets);
	free(targets);
	free(seen);
	free(stack);
	return true;
}
