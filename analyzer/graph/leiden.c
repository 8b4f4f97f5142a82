/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leiden over compressed rows. A level: nodes move to where they fit best until none wants to (fast local moving);
 * each community is then built anew from single nodes that join only what they are tied to (refinement); what came of
 * that becomes the nodes of the next level. */
#include "graph/leiden.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "graph/graph.h"

#define MOST_ROUNDS 10
#define LEAST_GAIN 1e-9   /* of a node's mass: less is rounding */
#define LINE 64           /* bytes that a processor's cache reads at once */
#define RANDOMNESS 0.01   /* of a node's mass: gains that differ by less are much alike to the refinement */

void leiden_graph_init(struct leiden_graph *graph, uint32_t node_count, const struct weighted_edge *edges,
		       size_t edge_count)
{
	*graph = (struct leiden_graph){
		.node_count = node_count,
		.offsets = mem_zalloc((size_t)node_count + 2, sizeof *graph->offsets),
		.targets = mem_alloc((2 * edge_count + 1) * sizeof *graph->targets),
		.weights = mem_alloc((2 * edge_count + 1) * sizeof *graph->weights),
		.masses = mem_zalloc((size_t)node_count + 1, sizeof *graph->masses),
	};
	size_t *offsets = graph->offsets; /* filled one entry late, so that each row's end is the next one's start */
	for (size_t e = 0; e < edge_count; e++) {
		if (edges[e].a + 1 < node_count)
			offsets[edges[e].a + 2]++;
		if (edges[e].b + 1 < node_count)
			offsets[edges[e].b + 2]++;
	}
	for (uint32_t i = 2; i < node_count + 1; i++)
		offsets[i] += offsets[i - 1];
	for (size_t e = 0; e < edge_count; e++) {
		uint32_t ends[2] = {edges[e].a, edges[e].b};
		for (unsigned side = 0; side < 2; side++) {
			size_t at = offsets[ends[side] + 1]++;
			graph->targets[at] = ends[1 - side];
			graph->weights[at] = (float)edges[e].weight;
			graph->masses[ends[side]] += graph->weights[at];
		}
	}
	for (uint32_t i = 0; i < node_count; i++)
		graph->total += graph->masses[i];
}

void leiden_graph_finish(struct leiden_graph *graph)
{
	free(graph->offsets);
	free(graph->targets);
	free(graph->weights);
	free(graph->masses);
}

uint32_t leiden_renumber(uint32_t *membership, uint32_t node_count)
{
	uint32_t *map = mem_alloc(((size_t)node_count + 1) * sizeof *map), next = 0;
	memset(map, 0xff, ((size_t)node_count + 1) * sizeof *map);
	for (uint32_t i = 0; i < node_count; i++) {
		if (map[membership[i]] == GRAPH_NONE)
			map[membership[i]] = next++;
		membership[i] = map[membership[i]];
	}
	free(map);
	return next;
}

double leiden_quality(const struct leiden_graph *graph, double resolution, const uint32_t *membership)
{
	double within = 0, expected = 0;
	double *masses = mem_zalloc((size_t)graph->node_count + 1, sizeof *masses);
	if (graph->total <= 0) {
		free(masses);
		return 0;
	}
	for (uint32_t i = 0; i < graph->node_count; i++) {
		masses[membership[i]] += graph->masses[i];
		for (size_t e = graph->offsets[i]; e < graph->offsets[i + 1]; e++)
			within += membership[graph->targets[e]] == membership[i] ? graph->weights[e] : 0;
	}
	for (uint32_t i = 0; i < graph->node_count; i++)
		expected += masses[i] * masses[i];
	free(masses);
	return within / graph->total - resolution * expected / (graph->total * graph->total);
}

/* ---- one level ---- */

struct level {
	struct leiden_graph graph; /* of level 0: the caller's */
	double scale;              /* resolution / total: times two masses is what they would share by chance */
	uint64_t *random;
	uint32_t *community;       /* per node */
	double *mass;              /* per community */
	double *tie;               /* per community: the weight of a node's edges to it; 0 between uses */
	uint32_t *touched;         /* communities with a tie */
	uint32_t *order;           /* of nodes */
};

static void level_init(struct level *level, double resolution, uint64_t *random)
{
	size_t n = (size_t)level->graph.node_count + 1;
	level->scale = level->graph.total > 0 ? resolution / level->graph.total : 0;
	level->random = random;
	level->community = mem_alloc(n * sizeof *level->community);
	level->mass = mem_zalloc(n, sizeof *level->mass);
	level->tie = mem_zalloc(n, sizeof *level->tie);
	level->touched = mem_alloc(n * sizeof *level->touched);
	level->order = mem_alloc(n * sizeof *level->order);
}

static void level_finish(struct level *level)
{
	free(level->community);
	free(level->mass);
	free(level->tie);
	free(level->touched);
	free(level->order);
}

static void shuffle(uint32_t *items, uint32_t count, uint64_t *random)
{
	for (uint32_t i = count; i > 1; i--) {
		uint32_t other = (uint32_t)((leiden_random(random) >> 32) * i >> 32), item = items[i - 1];
		items[i - 1] = items[other];
		items[other] = item;
	}
}

/* Nodes come in no order, so that each one's edges are far from those of the one before: they are asked for while that one is seen to. */
static void fetch_edges(const struct leiden_graph *graph, uint32_t node)
{
	for (size_t e = graph->offsets[node], end = graph->offsets[node + 1]; e < end; e += LINE / sizeof *graph->targets) {
		__builtin_prefetch(&graph->targets[e]);
		__builtin_prefetch(&graph->weights[e]);
	}
}

/* Ties of a node to the communities of its neighbours; with within, only to neighbours in the node's community there. Nearly all time
 * goes here: whether a community is met for the first time is a guess that no processor gets right, so that it is counted, not
 * branched on. touched has room for one more than there are. */
static uint32_t gather(struct level *level, uint32_t node, const uint32_t *community, const uint32_t *within)
{
	const struct leiden_graph *graph = &level->graph;
	const uint32_t *restrict targets = graph->targets;
	const float *restrict weights = graph->weights;
	uint32_t *restrict touched = level->touched;
	double *restrict tie = level->tie;
	uint32_t count = 0, here = within ? within[node] : 0;
	for (size_t e = graph->offsets[node], end = graph->offsets[node + 1]; e < end; e++) {
		uint32_t target = targets[e];
		if (within && within[target] != here)
			continue;
		uint32_t c = community[target];
		double before = tie[c];
		touched[count] = c;
		count += before == 0;
		tie[c] = before + weights[e];
	}
	return count;
}

static void forget(struct level *level, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		level->tie[level->touched[i]] = 0;
}

/* Where a node that is in no community fits best; free_one: an empty community, gain 0. */
static uint32_t best_community(const struct level *level, uint32_t node, uint32_t own, uint32_t free_one, uint32_t count)
{
	double mass = level->graph.masses[node] * level->scale, least = LEAST_GAIN * level->graph.masses[node];
	double best_gain = level->tie[own] - mass * level->mass[own], more = best_gain + least;
	uint32_t best = own;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t c = level->touched[i];
		double gain = level->tie[c] - mass * level->mass[c];
		if (__builtin_expect(gain > more, 0)) {
			best = c;
			best_gain = gain;
			more = gain + least;
		}
	}
	return best_gain < -least ? free_one : best;
}

/* Fast local moving: a node is looked at again only when a neighbour has left its community. */
static void move_nodes(struct level *level)
{
	const struct leiden_graph *graph = &level->graph;
	uint32_t n = graph->node_count, free_count = 0, head = 0, waiting = n;
	uint32_t *sizes = mem_zalloc((size_t)n + 1, sizeof *sizes), *free_ones = mem_zalloc((size_t)n + 1, sizeof *free_ones);
	bool *queued = mem_alloc((size_t)n + 1);
	memset(queued, true, n);
	memset(level->mass, 0, n * sizeof *level->mass);
	for (uint32_t i = 0; i < n; i++) {
		level->order[i] = i;
		level->mass[level->community[i]] += graph->masses[i];
		sizes[level->community[i]]++;
	}
	for (uint32_t i = n; i > 0; i--)
		if (!sizes[i - 1])
			free_ones[free_count++] = i - 1;
	shuffle(level->order, n, level->random);
	while (waiting) {
		uint32_t node = level->order[head], own = level->community[node];
		head = head + 1 == n ? 0 : head + 1;
		waiting--;
		if (waiting)
			fetch_edges(graph, level->order[head]);
		queued[node] = false;
		level->mass[own] -= graph->masses[node];
		if (!--sizes[own]) {
			level->mass[own] = 0;
			free_ones[free_count++] = own;
		}
		uint32_t count = gather(level, node, level->community, NULL);
		uint32_t best = best_community(level, node, own, free_ones[free_count - (free_count > 0)], count);
		forget(level, count);
		if (!sizes[best]++)
			free_count--; /* only the last of the free ones is ever taken, or own, which is then the last */
		level->mass[best] += graph->masses[node];
		level->community[node] = best;
		if (best == own)
			continue;
		for (size_t e = graph->offsets[node]; e < graph->offsets[node + 1]; e++) {
			uint32_t target = graph->targets[e];
			if (queued[target] || level->community[target] == best)
				continue;
			uint32_t tail = head + waiting;
			level->order[tail >= n ? tail - n : tail] = target;
			queued[target] = true;
			waiting++;
		}
	}
	free(sizes);
	free(free_ones);
	free(queued);
}

/* One of the touched communities that gain something, the better the likelier. */
static uint32_t draw(struct level *level, uint32_t node, const double *inner_tie, const double *whole, uint32_t own,
		     uint32_t count, const uint32_t *within)
{
	double mass = level->graph.masses[node], best = 0, sum = 0;
	uint32_t chosen = own;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t c = level->touched[i];
		double gain = level->tie[c] - mass * level->scale * level->mass[c];
		best = gain > best ? gain : best;
	}
	if (best <= LEAST_GAIN * mass)
		return own;
	uint64_t random = leiden_random(level->random);
	double point = (double)(random >> 11) * 0x1p-53;
	for (unsigned pass = 0; pass < 2; pass++) {
		double limit = point * sum;
		sum = 0;
		for (uint32_t i = 0; i < count; i++) {
			uint32_t c = level->touched[i];
			double outside = whole[within[node]] - level->mass[c];
			double gain = level->tie[c] - mass * level->scale * level->mass[c];
			if (c == own || gain <= 0 || inner_tie[c] < level->scale * level->mass[c] * outside)
				continue;
			sum += exp((gain - best) / (RANDOMNESS * mass));
			if (pass && sum >= limit)
				return c;
		}
		if (sum <= 0)
			return own;
	}
	return chosen;
}

/* Each community of within, built anew from single nodes. level->mass becomes the masses of what is built. */
static void refine(struct level *level, const uint32_t *within, uint32_t *refined)
{
	const struct leiden_graph *graph = &level->graph;
	uint32_t n = graph->node_count;
	double *whole = mem_zalloc((size_t)n + 1, sizeof *whole), *inner_tie = mem_zalloc((size_t)n + 1, sizeof *inner_tie);
	bool *alone = mem_alloc((size_t)n + 1);
	for (uint32_t i = 0; i < n; i++) {
		refined[i] = level->order[i] = i;
		alone[i] = true;
		level->mass[i] = graph->masses[i];
		whole[within[i]] += graph->masses[i];
		for (size_t e = graph->offsets[i]; e < graph->offsets[i + 1]; e++)
			inner_tie[i] += within[graph->targets[e]] == within[i] ? graph->weights[e] : 0;
	}
	shuffle(level->order, n, level->random);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t node = level->order[k];
		if (k + 1 < n)
			fetch_edges(graph, level->order[k + 1]);
		if (!alone[node] ||
		    inner_tie[node] < level->scale * graph->masses[node] * (whole[within[node]] - graph->masses[node]))
			continue;
		uint32_t count = gather(level, node, refined, within);
		uint32_t chosen = draw(level, node, inner_tie, whole, node, count, within);
		if (chosen != node) {
			inner_tie[chosen] += inner_tie[node] - 2 * level->tie[chosen];
			level->mass[chosen] += graph->masses[node];
			level->mass[node] = 0;
			refined[node] = chosen;
			alone[node] = alone[chosen] = false;
		}
		forget(level, count);
	}
	free(whole);
	free(inner_tie);
	free(alone);
}

/* Nodes by community: members[first[c] .. first[c + 1]). */
static void sort_by_community(const uint32_t *community, uint32_t n, uint32_t count, uint32_t *first, uint32_t *members)
{
	memset(first, 0, ((size_t)count + 2) * sizeof *first);
	for (uint32_t i = 0; i < n; i++)
		if (community[i] + 1 < count)
			first[community[i] + 2]++;
	for (uint32_t c = 2; c <= count; c++)
		first[c] += first[c - 1];
	for (uint32_t i = 0; i < n; i++)
		members[first[community[i] + 1]++] = i;
}

/* The graph whose nodes are the communities 0 .. count - 1. Edges within one are gone: they move nothing. */
static void aggregate(struct level *level, const uint32_t *community, uint32_t count, struct leiden_graph *out)
{
	const struct leiden_graph *graph = &level->graph;
	uint32_t n = graph->node_count;
	uint32_t *first = mem_alloc(((size_t)count + 2) * sizeof *first);
	size_t capacity = 0, weight_capacity = 0, used = 0;
	*out = (struct leiden_graph){.node_count = count, .total = graph->total,
				     .offsets = mem_zalloc((size_t)count + 2, sizeof *out->offsets),
				     .masses = mem_zalloc((size_t)count + 1, sizeof *out->masses)};
	sort_by_community(community, n, count, first, level->order);
	for (uint32_t c = 0; c < count; c++) {
		uint32_t touched = 0;
		for (uint32_t k = first[c]; k < first[c + 1]; k++) {
			uint32_t node = level->order[k];
			out->masses[c] += graph->masses[node];
			for (size_t e = graph->offsets[node]; e < graph->offsets[node + 1]; e++) {
				uint32_t other = community[graph->targets[e]];
				if (other == c)
					continue;
				double before = level->tie[other];
				level->touched[touched] = other;
				touched += before == 0;
				level->tie[other] = before + graph->weights[e];
			}
		}
		mem_grow(&out->targets, &capacity, used + touched + 1, sizeof *out->targets);
		mem_grow(&out->weights, &weight_capacity, used + touched + 1, sizeof *out->weights);
		for (uint32_t i = 0; i < touched; i++) {
			out->targets[used] = level->touched[i];
			out->weights[used++] = (float)level->tie[level->touched[i]];
		}
		forget(level, touched);
		out->offsets[c + 1] = used;
	}
	free(first);
}

/* One pass through all levels, from the labels in membership. */
static void run_once(const struct leiden_graph *graph, double resolution, uint64_t *random, uint32_t *membership)
{
	uint32_t n = graph->node_count;
	uint32_t *node_of = mem_alloc(((size_t)n + 1) * sizeof *node_of); /* of the present level, per node of the first */
	uint32_t *refined = mem_alloc(((size_t)n + 1) * sizeof *refined);
	uint32_t *start = mem_alloc(((size_t)n + 1) * sizeof *start);
	struct level level = {.graph = *graph};
	memcpy(start, membership, n * sizeof *start);
	for (uint32_t i = 0; i < n; i++)
		node_of[i] = i;
	for (bool is_first = true;; is_first = false) {
		uint32_t nodes = level.graph.node_count;
		level_init(&level, resolution, random);
		memcpy(level.community, start, nodes * sizeof *start);
		move_nodes(&level);
		refine(&level, level.community, refined);
		for (uint32_t i = 0; i < n; i++)
			membership[i] = level.community[node_of[i]];
		uint32_t count = leiden_renumber(refined, nodes);
		bool is_done = count == nodes;
		struct leiden_graph next = {0};
		if (!is_done) {
			/* A label of the old level may be too large for the new one. */
			leiden_renumber(level.community, nodes);
			for (uint32_t i = 0; i < nodes; i++)
				start[refined[i]] = level.community[i];
			aggregate(&level, refined, count, &next);
			for (uint32_t i = 0; i < n; i++)
				node_of[i] = refined[node_of[i]];
		}
		level_finish(&level);
		if (!is_first)
			leiden_graph_finish(&level.graph);
		if (is_done)
			break;
		level = (struct level){.graph = next};
	}
	free(node_of);
	free(refined);
	free(start);
}

uint32_t leiden_run(const struct leiden_graph *graph, const struct leiden_options *options, uint32_t *membership)
{
	uint64_t random = options->seed;
	unsigned rounds = options->rounds ? options->rounds : MOST_ROUNDS;
	uint32_t count = graph->node_count;
	double quality = -1;
	for (uint32_t i = 0; i < graph->node_count; i++)
		membership[i] = options->initial ? options->initial[i] : i;
	for (unsigned round = 0; round < rounds && graph->node_count; round++) {
		run_once(graph, options->resolution, &random, membership);
		count = leiden_renumber(membership, graph->node_count);
		double reached = round + 1 < rounds ? leiden_quality(graph, options->resolution, membership) : 0;
		if (reached <= quality + LEAST_GAIN)
			break;
		quality = reached;
	}
	return count;
}

/* ---- many runs ---- */

#define MOST_THREADS 64

struct runs {
	const struct leiden_graph *graph;
	const struct leiden_options *options;
	uint32_t *const *memberships;
	unsigned count;
	atomic_uint next;
};

static void *work(void *context)
{
	struct runs *runs = context;
	for (unsigned i; (i = atomic_fetch_add(&runs->next, 1)) < runs->count;)
		leiden_run(runs->graph, &runs->options[i], runs->memberships[i]);
	return NULL;
}

/* A thread that cannot be had is done without: its share of the runs is done by the others. */
void leiden_run_all(const struct leiden_graph *graph, const struct leiden_options *options, uint32_t *const *memberships,
		    unsigned count, unsigned threads)
{
	struct runs runs = {graph, options, memberships, count, 0};
	pthread_t ids[MOST_THREADS];
	unsigned started = 0;
	for (unsigned wanted = threads < MOST_THREADS ? threads : MOST_THREADS; started + 1 < wanted && started + 1 < count;) {
		if (pthread_create(&ids[started], NULL, work, &runs))
			break;
		started++;
	}
	work(&runs);
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
}
