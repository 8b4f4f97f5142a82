/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/cycles.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/closure.h"
#include "base/mem.h"
#include "base/sort.h"
#include "graph/graph.h"

#define MOVE_ROUNDS 50
#define MOVES_EACH 8                       /* places that a neighbour is moved, on average, before all are sorted */
#define MOVE_WORK UINT64_C(100000000)      /* edges looked at; then the order is good enough */
#define INCLUDE_WORK UINT64_C(20000000000) /* words: some seconds */

/* One component with its nodes numbered from 0. */
struct part {
	uint32_t count;
	struct cycle_edge *edges; size_t edge_count;
	uint32_t *order; /* node at each position: dependents first; edges against it are cut */
};

static uint64_t edge_key(const void *row, unsigned part)
{
	const struct cycle_edge *edge = row;
	(void)part;
	return (uint64_t)edge->from << 32 | edge->to;
}

/* One edge per pair, sorted. Returns how many are left. */
static size_t unite_edges(struct cycle_edge *edges, size_t count)
{
	size_t kept = 0;
	sort_rows(edges, count, sizeof *edges, 1, edge_key);
	for (size_t i = 0; i < count; i++)
		if (kept && edge_key(&edges[kept - 1], 0) == edge_key(&edges[i], 0))
			edges[kept - 1].cost += edges[i].cost;
		else
			edges[kept++] = edges[i];
	return kept;
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

/* ---- the weighted order of Eades, Lin and Smyth: again and again the node with the most going out over coming in ---- */

/* Nodes that are not placed, the one with the greatest balance on top; of equal ones the smallest. */
struct heap { uint32_t *nodes, *where; const double *balance; uint32_t count; };

static bool is_above(const struct heap *heap, uint32_t a, uint32_t b)
{
	return heap->balance[a] != heap->balance[b] ? heap->balance[a] > heap->balance[b] : a < b;
}

static void heap_set(struct heap *heap, uint32_t at, uint32_t node)
{
	heap->nodes[at] = node;
	heap->where[node] = at;
}

/* Puts the node at a place where it belongs, up or down. */
static void heap_mend(struct heap *heap, uint32_t at)
{
	uint32_t node = heap->nodes[at];
	for (; at && is_above(heap, node, heap->nodes[(at - 1) / 2]); at = (at - 1) / 2)
		heap_set(heap, at, heap->nodes[(at - 1) / 2]);
	for (uint32_t child; (child = 2 * at + 1) < heap->count; at = child) {
		if (child + 1 < heap->count && is_above(heap, heap->nodes[child + 1], heap->nodes[child]))
			child++;
		if (!is_above(heap, heap->nodes[child], node))
			break;
		heap_set(heap, at, heap->nodes[child]);
	}
	heap_set(heap, at, node);
}

static uint32_t heap_take(struct heap *heap)
{
	uint32_t top = heap->nodes[0], last = heap->nodes[--heap->count];
	heap->where[top] = UINT32_MAX;
	if (heap->count) {
		heap_set(heap, 0, last);
		heap_mend(heap, 0);
	}
	return top;
}

/* The edges that touch each node, in CSR form: what they cost, below 0 where they come in. */
struct neighbour { uint32_t node; double cost; };
struct touching { uint32_t *offsets; struct neighbour *items; };

static struct touching touching_make(const struct part *part)
{
	uint32_t n = part->count;
	struct touching made = {mem_zalloc((size_t)n + 2, sizeof *made.offsets), mem_alloc((2 * part->edge_count + 1) * sizeof *made.items)};
	for (size_t i = 0; i < part->edge_count; i++) {
		made.offsets[part->edges[i].from + 2]++;
		made.offsets[part->edges[i].to + 2]++;
	}
	for (uint32_t i = 0; i <= n; i++)
		made.offsets[i + 1] += made.offsets[i];
	for (size_t i = 0; i < part->edge_count; i++) {
		const struct cycle_edge *edge = &part->edges[i];
		made.items[made.offsets[edge->from + 1]++] = (struct neighbour){edge->to, edge->cost};
		made.items[made.offsets[edge->to + 1]++] = (struct neighbour){edge->from, -edge->cost};
	}
	return made;
}

/* The neighbours of each node in the order of the part. */
static void touching_order(struct touching *touching, const struct part *part)
{
	uint32_t n = part->count, *next = mem_alloc(((size_t)n + 1) * sizeof *next);
	struct neighbour *ordered = mem_alloc((2 * part->edge_count + 1) * sizeof *ordered);
	memcpy(next, touching->offsets, n * sizeof *next);
	for (uint32_t p = 0; p < n; p++) {
		uint32_t node = part->order[p];
		for (uint32_t i = touching->offsets[node]; i < touching->offsets[node + 1]; i++) {
			const struct neighbour *other = &touching->items[i];
			ordered[next[other->node]++] = (struct neighbour){node, -other->cost};
		}
	}
	free(touching->items);
	free(next);
	touching->items = ordered;
}

static void order_greedily(struct part *part, const struct touching *touching)
{
	uint32_t n = part->count;
	double *balance = mem_zalloc(n, sizeof *balance);
	struct heap heap = {mem_alloc(n * sizeof *heap.nodes), mem_alloc(n * sizeof *heap.where), balance, n};
	for (size_t i = 0; i < part->edge_count; i++) {
		balance[part->edges[i].from] += part->edges[i].cost;
		balance[part->edges[i].to] -= part->edges[i].cost;
	}
	for (uint32_t v = 0; v < n; v++)
		heap_set(&heap, v, v);
	for (uint32_t at = n / 2; at-- > 0;)
		heap_mend(&heap, at);
	for (uint32_t at = 0; at < n; at++) {
		uint32_t next = part->order[at] = heap_take(&heap);
		for (uint32_t i = touching->offsets[next]; i < touching->offsets[next + 1]; i++) {
			const struct neighbour *other = &touching->items[i];
			balance[other->node] += other->cost;
			if (heap.where[other->node] != UINT32_MAX)
				heap_mend(&heap, heap.where[other->node]);
		}
	}
	free(balance);
	free(heap.nodes);
	free(heap.where);
}

/* ---- moving single nodes to where they cost least ---- */

/* The order as a list whose labels rise, so that a node is put elsewhere without touching those between. */
struct line { uint32_t *before, *behind; double *label; uint32_t count; /* count: the end on either side */ };

static void line_relabel(struct line *line)
{
	double at = 0;
	for (uint32_t v = line->behind[line->count]; v != line->count; v = line->behind[v])
		line->label[v] = at++;
}

static void line_move(struct line *line, uint32_t node, uint32_t behind)
{
	line->behind[line->before[node]] = line->behind[node];
	line->before[line->behind[node]] = line->before[node];
	uint32_t next = line->behind[behind], end = line->count;
	line->before[node] = behind;
	line->behind[node] = next;
	line->behind[behind] = line->before[next] = node;
	double low = behind == end ? line->label[next] - 2 : line->label[behind], high = next == end ? low + 2 : line->label[next];
	line->label[node] = low + (high - low) / 2;
	if (line->label[node] <= low || line->label[node] >= high)
		line_relabel(line); /* no room between them any more */
}

/* What moving over a neighbour costs: above 0 towards the end, below 0 towards the beginning. */
struct step { double label, cost; uint32_t node; };

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	return (x->label > y->label) - (x->label < y->label);
}

/* Few neighbours have moved since they were last put in order: those are put where they belong; where they are many, all are sorted.
 * Those of one label stay in the order they had. */
static void sort_steps(struct step *steps, uint32_t count)
{
	uint64_t moves = 0;
	for (uint32_t i = 1; i < count; i++) {
		struct step step = steps[i];
		uint32_t at = i;
		for (; at && steps[at - 1].label > step.label; at--)
			steps[at] = steps[at - 1];
		steps[at] = step;
		moves += i - at;
		if (moves > MOVES_EACH * (uint64_t)count) {
			qsort(steps, count, sizeof *steps, compare_steps);
			return;
		}
	}
}

/* A node's neighbours by their labels; in touching, too. */
static uint32_t collect_steps(const struct line *line, uint32_t node, struct touching *touching, struct step *steps)
{
	struct neighbour *items = touching->items + touching->offsets[node];
	uint32_t count = touching->offsets[node + 1] - touching->offsets[node];
	bool sorted = true;
	for (uint32_t i = 0; i < count; i++) {
		steps[i] = (struct step){line->label[items[i].node], items[i].cost, items[i].node};
		sorted = sorted && (!i || steps[i - 1].label <= steps[i].label);
	}
	if (sorted)
		return count;
	sort_steps(steps, count);
	for (uint32_t i = 0; i < count; i++)
		items[i] = (struct neighbour){steps[i].node, steps[i].cost};
	return count;
}

/* With a node behind a neighbour its edge to that is cut; before it, the edge from that. Only places next to a neighbour differ. */
static double move_node(struct line *line, uint32_t node, struct touching *touching, struct step *steps)
{
	uint32_t count = collect_steps(line, node, touching, steps), right = 0, best = line->count;
	while (right < count && steps[right].label < line->label[node])
		right++;
	double sum = 0, least = 0;
	bool to_right = false;
	for (uint32_t i = right; i < count; i++) {
		sum += steps[i].cost;
		if (sum < least - 1e-9 && (i + 1 == count || steps[i + 1].node != steps[i].node)) {
			least = sum;
			best = steps[i].node;
			to_right = true;
		}
	}
	sum = 0;
	for (uint32_t i = right; i-- > 0;) {
		sum -= steps[i].cost;
		if (sum < least - 1e-9 && (!i || steps[i - 1].node != steps[i].node)) {
			least = sum;
			best = steps[i].node;
			to_right = false;
		}
	}
	if (best != line->count)
		line_move(line, node, to_right ? best : line->before[best]);
	return -least;
}

static void improve(struct part *part, struct touching *touching)
{
	uint32_t n = part->count, most = 0, at = 0;
	struct line line = {mem_alloc(((size_t)n + 1) * sizeof *line.before), mem_alloc(((size_t)n + 1) * sizeof *line.behind),
			    mem_zalloc((size_t)n + 1, sizeof *line.label), n};
	for (uint32_t p = 0; p < n; p++) {
		uint32_t v = part->order[p], degree = touching->offsets[v + 1] - touching->offsets[v];
		line.before[v] = p ? part->order[p - 1] : n;
		line.behind[v] = p + 1 < n ? part->order[p + 1] : n;
		most = degree > most ? degree : most;
	}
	line.before[n] = part->order[n - 1];
	line.behind[n] = part->order[0];
	line_relabel(&line);
	touching_order(touching, part);
	struct step *steps = mem_alloc(((size_t)most + 1) * sizeof *steps);
	uint64_t work = 0;
	for (int round = 0; round < MOVE_ROUNDS && work < MOVE_WORK; round++, work += 2 * part->edge_count) {
		double gain = 0;
		for (uint32_t v = 0; v < n; v++)
			gain += move_node(&line, v, touching, steps);
		if (gain <= 0)
			break;
	}
	for (uint32_t v = line.behind[n]; v != n; v = line.behind[v])
		part->order[at++] = v;
	free(line.before);
	free(line.behind);
	free(line.label);
	free(steps);
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
		struct touching touching = touching_make(&part);
		order_greedily(&part, &touching);
		improve(&part, &touching);
		free(touching.offsets);
		free(touching.items);
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
	if (edge_count)
		memcpy(edges, given, edge_count * sizeof *edges);
	edge_count = unite_edges(edges, edge_count);
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

/* CSR of edges in any order, turned round where reverse. Heap: offsets, targets. */
static void make_include_rows(uint32_t nodes, const struct include_edge *edges, size_t count, bool reverse, uint32_t **offsets,
			      uint32_t **targets)
{
	*offsets = mem_zalloc((size_t)nodes + 2, sizeof **offsets);
	*targets = mem_alloc((count + 1) * sizeof **targets);
	for (size_t i = 0; i < count; i++)
		(*offsets)[(reverse ? edges[i].to : edges[i].from) + 2]++;
	for (uint32_t i = 0; i <= nodes; i++)
		(*offsets)[i + 1] += (*offsets)[i];
	for (size_t i = 0; i < count; i++)
		(*targets)[(*offsets)[(reverse ? edges[i].to : edges[i].from) + 1]++] = reverse ? edges[i].from : edges[i].to;
}

bool include_costs(uint32_t node_count, const struct include_edge *edges, size_t edge_count, const uint32_t *weights,
		   const bool *is_main, uint64_t *lines, uint32_t *mains)
{
	/* As closure.c works: 4096 nodes at a time, 64 words for each edge. */
	if (((uint64_t)node_count / 4096 + 1) * (node_count + edge_count) * 64 > INCLUDE_WORK)
		return false;
	uint32_t *offsets, *targets, *counted = mem_alloc(((size_t)node_count + 1) * sizeof *counted);
	uint64_t *sums = mem_alloc(((size_t)node_count + 1) * sizeof *sums);
	make_include_rows(node_count, edges, edge_count, false, &offsets, &targets);
	closure_sum(node_count, offsets, targets, weights, lines);
	free(offsets);
	free(targets);
	/* What reaches a node is what it reaches the other way round. */
	for (uint32_t i = 0; i < node_count; i++)
		counted[i] = is_main[i];
	make_include_rows(node_count, edges, edge_count, true, &offsets, &targets);
	closure_sum(node_count, offsets, targets, counted, sums);
	for (uint32_t i = 0; i < node_count; i++)
		mains[i] = (uint32_t)sums[i];
	free(offsets);
	free(targets);
	free(counted);
	free(sums);
	return true;
}
