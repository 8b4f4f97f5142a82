/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How nodes of domain discovery are tied by dependencies, which of them are utilities, and the sum of all signals.
 *
 * A reference weighs by its kind, by the logarithm of how often it stands there, and by how little its target is used
 * and its source uses elsewhere (inverse fan-in, inverse fan-out): what everyone uses, and what uses everyone, says
 * little about what belongs together. Mueller et al. 1993 call such files omnipresent. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "base/sort.h"

#define OMNIPRESENT 0.2       /* of all nodes use a utility */
#define FEWEST_OMNIPRESENT 15 /* nodes; in a small codebase a share says little */
#define UTILITY_USES 0.4      /* of the number that uses it: more, and it is a centre, not a utility */

/* Calls and shared data say more than types, those more than macros and bare includes. */
static const double KIND_WEIGHT[DEPENDENCY_KINDS] = {
	[DEPENDENCY_CALL] = 1, [DEPENDENCY_INDIRECT] = 0.5, [DEPENDENCY_READ] = 0.8, [DEPENDENCY_WRITE] = 1,
	[DEPENDENCY_ADDRESS] = 0.8, [DEPENDENCY_TYPE] = 0.6, [DEPENDENCY_FIELD] = 0.8, [DEPENDENCY_MACRO] = 0.3,
	[DEPENDENCY_INCLUDE] = 0.3,
};

/* Mean strength of a node by each signal, dependencies being 1. What matters is their order of size: halving or doubling
 * any of them moved no reference partition's mean score by more than noise. Folders weigh most, since where they tell
 * something (folder_gate) people have sorted the files already; a node of a flat folder has next to no folder vote. */
static const double SIGNAL_WEIGHT[DOMAIN_SIGNALS] = {
	[DOMAIN_DEPENDENCIES] = 1, [DOMAIN_PEERS] = 0.3, [DOMAIN_TEXT] = 0.4, [DOMAIN_PREFIX] = 1, [DOMAIN_FOLDER] = 8,
};

/* By weight too: sums of floating point numbers then do not depend on the order of the input. The bits of numbers that are not
 * negative are in the order of the numbers. */
static uint64_t edge_key(const void *row, unsigned part)
{
	const struct weighted_edge *edge = row;
	uint64_t bits;
	memcpy(&bits, &edge->weight, sizeof bits);
	return part ? bits : (uint64_t)edge->a << 32 | edge->b;
}

size_t domain_edges_unite(struct weighted_edge *edges, size_t count)
{
	size_t kept = 0;
	sort_rows(edges, count, sizeof *edges, 2, edge_key);
	for (size_t i = 0; i < count; i++) {
		if (kept && edges[kept - 1].a == edges[i].a && edges[kept - 1].b == edges[i].b)
			edges[kept - 1].weight += edges[i].weight;
		else
			edges[kept++] = edges[i];
	}
	return kept;
}

void domain_signal_add(struct domain_signal *signal, uint32_t a, uint32_t b, double weight)
{
	mem_grow(&signal->edges, &signal->capacity, signal->count + 1, sizeof *signal->edges);
	signal->edges[signal->count++] = (struct weighted_edge){a < b ? a : b, a < b ? b : a, weight};
}

static bool ends_of(const struct discovery *d, const struct file_dependency *row, uint32_t *from, uint32_t *to)
{
	*from = d->node_of[row->from];
	*to = d->node_of[row->to];
	return *from != GRAPH_NONE && *to != GRAPH_NONE && *from != *to;
}

static uint64_t pair_key(const void *row, unsigned part)
{
	(void)part;
	return *(const uint64_t *)row;
}

static void count_fans(struct discovery *d)
{
	uint64_t *pairs = mem_alloc((d->dependency_count + 1) * sizeof *pairs);
	size_t count = 0;
	for (size_t i = 0; i < d->dependency_count; i++) {
		uint32_t from, to;
		if (ends_of(d, &d->dependencies[i], &from, &to))
			pairs[count++] = (uint64_t)from << 32 | to;
	}
	sort_rows(pairs, count, sizeof *pairs, 1, pair_key);
	for (size_t i = 0; i < count; i++)
		if (!i || pairs[i] != pairs[i - 1]) {
			d->nodes[(uint32_t)pairs[i]].fan_in++;
			d->nodes[pairs[i] >> 32].fan_out++;
		}
	free(pairs);
}

static void mark_common(struct discovery *d)
{
	for (uint32_t i = 0; i < d->node_count; i++) {
		struct domain_node *node = &d->nodes[i];
		node->is_common = node->fan_in >= FEWEST_OMNIPRESENT && node->fan_in > OMNIPRESENT * d->node_count &&
				  node->fan_out < UTILITY_USES * node->fan_in;
	}
}

/* What was seen at run time, as it was given. */
static void add_observed(struct discovery *d)
{
	struct domain_signal *signal = &d->signals[DOMAIN_OBSERVED];
	for (size_t i = 0; i < d->options->observed_count && d->options->observed_weight > 0; i++) {
		const struct weighted_edge *row = &d->options->observed[i];
		uint32_t a = d->node_of[row->a], b = d->node_of[row->b];
		if (a != GRAPH_NONE && b != GRAPH_NONE && a != b)
			domain_signal_add(signal, a, b, row->weight);
	}
	signal->count = domain_edges_unite(signal->edges, signal->count);
}

void domain_graph_make(struct discovery *d)
{
	struct domain_signal *signal = &d->signals[DOMAIN_DEPENDENCIES];
	double all = log((double)d->node_count + 1);
	count_fans(d);
	mark_common(d);
	for (size_t i = 0; i < d->dependency_count; i++) {
		const struct file_dependency *row = &d->dependencies[i];
		uint32_t from, to;
		if (!ends_of(d, row, &from, &to))
			continue;
		double rarity = (all - log(d->nodes[to].fan_in)) * (all - log(d->nodes[from].fan_out)) / all;
		domain_signal_add(signal, from, to, KIND_WEIGHT[row->kind] * log1p(row->weight) * rarity);
	}
	signal->count = domain_edges_unite(signal->edges, signal->count);
	add_observed(d);
}

/* Each signal's mean strength per node becomes its weight. */
void domain_graph_sum(struct discovery *d)
{
	double total = 0;
	for (unsigned s = 0; s < DOMAIN_SIGNALS; s++) {
		struct domain_signal *signal = &d->signals[s];
		double sum = 0;
		for (size_t e = 0; e < signal->count; e++)
			sum += signal->edges[e].weight;
		if (d->options->without & 1u << s || sum <= 0)
			continue;
		/* Votes are of size 1 as they are: what many nodes lack is not made up for in those that have it. */
		bool is_vote = s == DOMAIN_PREFIX || s == DOMAIN_FOLDER;
		signal->weight = is_vote ? SIGNAL_WEIGHT[s] : SIGNAL_WEIGHT[s] * d->node_count / (2 * sum);
		signal->weight = s == DOMAIN_OBSERVED ? d->options->observed_weight * d->node_count / (2 * sum) : signal->weight;
		signal->weight *= s == DOMAIN_FOLDER ? d->folder_gate : 1;
		for (size_t e = 0; e < signal->count && signal->weight > 0; e++) {
			mem_grow(&d->edges, &d->edge_capacity, d->edge_count + 1, sizeof *d->edges);
			d->edges[d->edge_count++] = (struct weighted_edge){signal->edges[e].a, signal->edges[e].b,
									   signal->edges[e].weight * signal->weight};
		}
	}
	d->edge_count = domain_edges_unite(d->edges, d->edge_count);
	for (size_t i = 0; i < d->edge_count; i++)
		total += d->edges[i].weight;
	leiden_graph_init(&d->ties, d->total, d->edges, d->edge_count);
	d->mean_strength = d->node_count && total > 0 ? 2 * total / d->node_count : 1;
}
