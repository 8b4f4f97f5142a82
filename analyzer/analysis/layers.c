/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders the members of each cycle from the bottom up so that little weight points upward (a minimum feedback arc set), then
 * takes the longest paths over what is left. */
#include "analysis/layers.h"

#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"

#define EXACT_NODES 14   /* 2^14 sets of nodes */
#define MATRIX_NODES 2048 /* above it the greedy order stays as it is: weights are no longer held as a matrix */
#define IMPROVE_ROUNDS 20
#define BIT_NODES 16384 /* above it what reaches what is not kept: 32 MiB */

struct layers {
	uint32_t count;
	const struct layer_link *links; size_t link_count;
	uint32_t *first;      /* CSR of links by from */
	uint32_t *component;
	bool *is_upward;      /* per link */
	uint32_t *place;      /* per node: its place in the order of its cycle, from the bottom */
};

/* One cycle's members and the weights among them: weight[from * count + to]; for more than EXACT_NODES what comes in of that less what
 * goes out: weight[node * count + other], so that all of one node lies together. */
struct knot { uint32_t *members; uint32_t count; double *weight; uint32_t *order; };

/* Cheapest order of all: by sets of nodes at the bottom; a node on top of a set costs what that set needs of it. */
static void order_exactly(struct knot *knot)
{
	uint32_t n = knot->count, sets = 1u << n;
	double *cost = mem_alloc(sets * sizeof *cost);
	uint8_t *last = mem_alloc(sets);
	cost[0] = 0;
	for (uint32_t set = 1; set < sets; set++) {
		cost[set] = -1;
		for (uint32_t top = 0; top < n; top++) {
			if (!(set & 1u << top))
				continue;
			double with = cost[set & ~(1u << top)];
			for (uint32_t below = 0; below < n; below++)
				if (below != top && set & 1u << below)
					with += knot->weight[below * n + top];
			if (cost[set] < 0 || with < cost[set]) {
				cost[set] = with;
				last[set] = (uint8_t)top;
			}
		}
	}
	for (uint32_t set = sets - 1, place = n; set; set &= ~(1u << knot->order[place]))
		knot->order[--place] = last[set];
	free(cost);
	free(last);
}

/* Eades, Lin and Smyth 1993, weighted: what mostly is needed goes to the bottom. */
static void order_greedily(struct knot *knot, const double *needs, const double *needed)
{
	uint32_t n = knot->count;
	bool *placed = mem_zalloc(n, sizeof *placed);
	double *balance = mem_alloc(n * sizeof *balance);
	for (uint32_t i = 0; i < n; i++)
		balance[i] = needed[i] - needs[i];
	for (uint32_t place = 0; place < n; place++) {
		uint32_t best = GRAPH_NONE;
		for (uint32_t i = 0; i < n; i++)
			if (!placed[i] && (best == GRAPH_NONE || balance[i] > balance[best]))
				best = i;
		placed[best] = true;
		knot->order[place] = best;
		if (!knot->weight)
			continue;
		for (uint32_t i = 0; i < n; i++)
			balance[i] += knot->weight[(size_t)best * n + i];
	}
	free(placed);
	free(balance);
}

/* Moves single nodes to where they cost least, until nothing gets better. */
static void order_improve(struct knot *knot)
{
	uint32_t n = knot->count;
	bool better = true;
	for (int round = 0; better && round < IMPROVE_ROUNDS; round++) {
		better = false;
		for (uint32_t at = 0; at < n; at++) {
			uint32_t node = knot->order[at], best = at;
			const double *lean = knot->weight + (size_t)node * n;
			double change = 0, least = -1e-9;
			for (uint32_t to = at + 1; to < n; to++) { /* upwards, past those above */
				change += lean[knot->order[to]];
				if (change < least)
					least = change, best = to;
			}
			change = 0;
			for (uint32_t to = at; to-- > 0;) {
				change -= lean[knot->order[to]];
				if (change < least)
					least = change, best = to;
			}
			if (best == at)
				continue;
			if (best > at)
				memmove(&knot->order[at], &knot->order[at + 1], (best - at) * sizeof *knot->order);
			else
				memmove(&knot->order[best + 1], &knot->order[best], (at - best) * sizeof *knot->order);
			knot->order[best] = node;
			better = true;
		}
	}
}

static void lean_of(double *weight, uint32_t n)
{
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b <= a; b++) {
			double lean = weight[b * n + a] - weight[a * n + b];
			weight[a * n + b] = lean;
			weight[b * n + a] = -lean;
		}
}

static void order_knot(struct layers *layers, uint32_t *members, uint32_t count)
{
	struct knot knot = {.members = members, .count = count, .order = mem_alloc(count * sizeof *knot.order)};
	double *needs = mem_zalloc(count, sizeof *needs), *needed = mem_zalloc(count, sizeof *needed);
	if (count <= MATRIX_NODES)
		knot.weight = mem_zalloc((size_t)count * count, sizeof *knot.weight);
	for (uint32_t i = 0; i < count; i++)
		layers->place[members[i]] = i;
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t e = layers->first[members[i]]; e < layers->first[members[i] + 1]; e++) {
			const struct layer_link *link = &layers->links[e];
			if (layers->component[link->to] != layers->component[link->from])
				continue;
			uint32_t to = layers->place[link->to];
			needs[i] += link->weight;
			needed[to] += link->weight;
			if (knot.weight)
				knot.weight[(size_t)i * count + to] = link->weight;
		}
	if (count <= EXACT_NODES) {
		order_exactly(&knot);
	} else {
		if (knot.weight)
			lean_of(knot.weight, count);
		order_greedily(&knot, needs, needed);
		if (knot.weight)
			order_improve(&knot);
	}
	for (uint32_t place = 0; place < count; place++)
		layers->place[members[knot.order[place]]] = place;
	free(needs);
	free(needed);
	free(knot.weight);
	free(knot.order);
}

static void order_knots(struct layers *layers, uint32_t components)
{
	uint32_t *start = mem_zalloc((size_t)components + 2, sizeof *start);
	uint32_t *nodes = mem_alloc(((size_t)layers->count + 1) * sizeof *nodes);
	for (uint32_t i = 0; i < layers->count; i++)
		start[layers->component[i] + 2]++;
	for (uint32_t c = 2; c < components + 2; c++)
		start[c] += start[c - 1];
	for (uint32_t i = 0; i < layers->count; i++)
		nodes[start[layers->component[i] + 1]++] = i;
	for (uint32_t c = 0; c < components; c++)
		if (start[c + 1] - start[c] > 1)
			order_knot(layers, nodes + start[c], start[c + 1] - start[c]);
	free(start);
	free(nodes);
}

/* ---- which nodes each node reaches over dependencies that do not point upward, within its cycle ---- */

/* Kept as sets of bits, a row per node; where there are too many nodes for that, looked for each time. */
struct reach { size_t words; uint64_t *rows; uint32_t *stamp, *stack, mark; };

static bool has_bit(const struct reach *reach, uint32_t node, uint32_t other)
{
	return reach->rows[node * reach->words + other / 64] >> other % 64 & 1;
}

/* What node reaches over other, and that itself. */
static void reach_over(struct reach *reach, uint32_t node, uint32_t other)
{
	uint64_t *own = reach->rows + node * reach->words;
	const uint64_t *more = reach->rows + other * reach->words;
	for (size_t w = 0; w < reach->words; w++)
		own[w] |= more[w];
	own[other / 64] |= UINT64_C(1) << other % 64;
}

static bool is_downward(const struct layers *layers, uint32_t link)
{
	return !layers->is_upward[link] && layers->component[layers->links[link].from] == layers->component[layers->links[link].to];
}

static struct reach reach_make(const struct layers *layers)
{
	struct reach reach = {.words = ((size_t)layers->count + 63) / 64};
	reach.stamp = mem_zalloc((size_t)layers->count + 1, sizeof *reach.stamp);
	reach.stack = mem_alloc(((size_t)layers->count + 1) * sizeof *reach.stack);
	if (layers->count > BIT_NODES)
		return reach;
	reach.rows = mem_zalloc((size_t)layers->count * reach.words + 1, sizeof *reach.rows);
	/* By place, the lowest first: what a node needs is complete before it. stamp and stack: nodes in that order. */
	for (uint32_t i = 0; i < layers->count; i++)
		reach.stamp[layers->place[i] + 1]++;
	for (uint32_t i = 0; i < layers->count; i++)
		reach.stamp[i + 1] += reach.stamp[i];
	for (uint32_t i = 0; i < layers->count; i++)
		reach.stack[reach.stamp[layers->place[i]]++] = i;
	for (uint32_t i = 0; i < layers->count; i++) {
		uint32_t node = reach.stack[i];
		for (uint32_t e = layers->first[node]; e < layers->first[node + 1]; e++)
			if (is_downward(layers, e))
				reach_over(&reach, node, layers->links[e].to);
	}
	return reach;
}

static bool search(const struct layers *layers, struct reach *reach, uint32_t from, uint32_t to)
{
	uint32_t held = 0, *stack = reach->stack;
	reach->mark++;
	stack[held++] = from;
	reach->stamp[from] = reach->mark;
	while (held) {
		uint32_t at = stack[--held];
		if (at == to)
			return true;
		for (uint32_t e = layers->first[at]; e < layers->first[at + 1]; e++) {
			uint32_t next = layers->links[e].to;
			if (is_downward(layers, e) && reach->stamp[next] != reach->mark) {
				reach->stamp[next] = reach->mark;
				stack[held++] = next;
			}
		}
	}
	return false;
}

static bool reaches(const struct layers *layers, struct reach *reach, uint32_t from, uint32_t to)
{
	return reach->rows ? has_bit(reach, from, to) : search(layers, reach, from, to);
}

/* One more dependency that does not point upward. */
static void reach_add(const struct layers *layers, struct reach *reach, uint32_t from, uint32_t to)
{
	if (!reach->rows || has_bit(reach, from, to))
		return;
	for (uint32_t node = 0; node < layers->count; node++)
		if (node == from || has_bit(reach, node, from))
			reach_over(reach, node, to);
}

struct candidate { uint32_t link; double weight; };

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->link > y->link) - (x->link < y->link);
}

/* What points upward in the order and closes no cycle does not have to: the heaviest are taken back first. */
static void take_back(struct layers *layers)
{
	struct candidate *rows = mem_alloc((layers->link_count + 1) * sizeof *rows);
	struct reach reach = reach_make(layers);
	size_t count = 0;
	for (uint32_t e = 0; e < layers->link_count; e++)
		if (layers->is_upward[e])
			rows[count++] = (struct candidate){e, layers->links[e].weight};
	if (count)
		qsort(rows, count, sizeof *rows, compare_candidates);
	for (uint32_t i = 0; i < count; i++) {
		const struct layer_link *link = &layers->links[rows[i].link];
		if (reaches(layers, &reach, link->to, link->from))
			continue;
		layers->is_upward[rows[i].link] = false;
		reach_add(layers, &reach, link->from, link->to);
	}
	free(rows);
	free(reach.rows);
	free(reach.stamp);
	free(reach.stack);
}

/* Longest paths, from what depends on nothing upwards (Kahn's order, against the dependencies). */
static void find_levels(const struct layers *layers, uint32_t *level)
{
	uint32_t *waits = mem_zalloc((size_t)layers->count + 1, sizeof *waits);
	uint32_t *queue = mem_alloc(((size_t)layers->count + 1) * sizeof *queue);
	uint32_t *start = mem_zalloc((size_t)layers->count + 2, sizeof *start);
	uint32_t *users = mem_alloc((layers->link_count + 1) * sizeof *users), head = 0, tail = 0;
	for (uint32_t e = 0; e < layers->link_count; e++)
		if (!layers->is_upward[e]) {
			waits[layers->links[e].from]++;
			start[layers->links[e].to + 2]++;
		}
	for (uint32_t i = 2; i < layers->count + 2; i++)
		start[i] += start[i - 1];
	for (uint32_t e = 0; e < layers->link_count; e++)
		if (!layers->is_upward[e])
			users[start[layers->links[e].to + 1]++] = layers->links[e].from;
	for (uint32_t i = 0; i < layers->count; i++) {
		level[i] = 0;
		if (!waits[i])
			queue[tail++] = i;
	}
	while (head < tail) {
		uint32_t at = queue[head++];
		for (uint32_t u = start[at]; u < start[at + 1]; u++) {
			uint32_t user = users[u];
			level[user] = level[at] + 1 > level[user] ? level[at] + 1 : level[user];
			if (!--waits[user])
				queue[tail++] = user;
		}
	}
	free(waits);
	free(queue);
	free(start);
	free(users);
}

void layers_find(uint32_t count, const struct layer_link *links, size_t link_count, uint32_t *level)
{
	struct layers layers = {.count = count, .links = links, .link_count = link_count};
	uint32_t *targets = mem_alloc((link_count + 1) * sizeof *targets);
	layers.first = mem_zalloc((size_t)count + 2, sizeof *layers.first);
	layers.component = mem_alloc(((size_t)count + 1) * sizeof *layers.component);
	layers.place = mem_zalloc((size_t)count + 1, sizeof *layers.place);
	layers.is_upward = mem_zalloc(link_count + 1, sizeof *layers.is_upward);
	for (size_t e = 0; e < link_count; e++) {
		layers.first[links[e].from + 1]++;
		targets[e] = links[e].to;
	}
	for (uint32_t i = 0; i < count; i++)
		layers.first[i + 1] += layers.first[i];
	order_knots(&layers, graph_components(count, layers.first, targets, layers.component));
	for (size_t e = 0; e < link_count; e++)
		layers.is_upward[e] = layers.component[links[e].from] == layers.component[links[e].to] &&
				      layers.place[links[e].from] < layers.place[links[e].to];
	take_back(&layers);
	find_levels(&layers, level);
	free(targets);
	free(layers.first);
	free(layers.component);
	free(layers.place);
	free(layers.is_upward);
}
