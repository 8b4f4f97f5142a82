/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transitive closure, counted: bit sets over components in topological order, so many components at a time. */
#include "analysis/closure.h"

#include <stdlib.h>
#include <string.h>

#define WORDS 64 /* components reached are counted 64 * 64 at a time */

struct closure { const uint32_t *offsets, *targets, *component; const uint64_t *weights; /* per component */ };

/* Components in CSR form: the nodes of each, in order of components. */
struct members { uint32_t *start, *nodes; };

static struct members collect_members(uint32_t nodes, uint32_t components, const uint32_t *component)
{
	struct members members = {mem_zalloc((size_t)components + 2, sizeof *members.start),
				  mem_alloc(((size_t)nodes + 1) * sizeof *members.nodes)};
	uint32_t *fill = mem_alloc(((size_t)components + 1) * sizeof *fill);
	for (uint32_t n = 0; n < nodes; n++)
		members.start[component[n] + 1]++;
	for (uint32_t c = 0; c < components; c++)
		members.start[c + 1] += members.start[c];
	memcpy(fill, members.start, components * sizeof *fill);
	for (uint32_t n = 0; n < nodes; n++)
		members.nodes[fill[component[n]]++] = n;
	free(fill);
	return members;
}

/* Adds to reached[c] the weights of those components first .. first + 64 * WORDS - 1 that component c reaches. In topological
 * order, dependencies first, so that one pass is enough. */
static void reach_block(const struct closure *closure, const struct members *members, uint32_t components, uint32_t first,
			uint64_t *sets, uint64_t *reached)
{
	for (uint32_t c = first; c < components; c++) { /* what comes before first reaches nothing of the block */
		uint64_t *own = sets + (size_t)c * WORDS;
		memset(own, 0, WORDS * sizeof *own);
		if (c - first < 64 * WORDS)
			own[(c - first) / 64] |= (uint64_t)1 << ((c - first) % 64);
		for (uint32_t m = members->start[c]; m < members->start[c + 1]; m++) {
			uint32_t node = members->nodes[m];
			for (uint32_t e = closure->offsets[node]; e < closure->offsets[node + 1]; e++) {
				uint32_t to = closure->component[closure->targets[e]];
				if (to == c || to < first)
					continue;
				for (size_t w = 0; w < WORDS; w++)
					own[w] |= sets[(size_t)to * WORDS + w];
			}
		}
		for (size_t w = 0; w < WORDS; w++)
			for (uint64_t bits = own[w]; bits; bits &= bits - 1) {
				uint32_t other = first + (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(bits);
				reached[c] += closure->weights[other];
			}
	}
}

/* Sums of weights over all components that each component reaches. Heap. */
static uint64_t *sum_reached(const struct closure *closure, const struct members *members, uint32_t components)
{
	uint64_t *reached = mem_zalloc((size_t)components + 1, sizeof *reached);
	uint64_t *sets = mem_alloc(((size_t)components + 1) * WORDS * sizeof *sets);
	for (uint32_t first = 0; first < components; first += 64 * WORDS)
		reach_block(closure, members, components, first, sets, reached);
	free(sets);
	return reached;
}

void closure_compute(uint32_t node_count, const uint32_t *offsets, const uint32_t *targets, uint32_t *component, uint32_t *size,
		     uint32_t *reached)
{
	uint32_t components = graph_components(node_count, offsets, targets, component);
	struct members members = collect_members(node_count, components, component);
	uint64_t *counts = mem_zalloc((size_t)components + 1, sizeof *counts);
	for (uint32_t c = 0; c < components; c++)
		counts[c] = members.start[c + 1] - members.start[c];
	struct closure closure = {offsets, targets, component, counts};
	uint64_t *sums = sum_reached(&closure, &members, components);
	for (uint32_t n = 0; n < node_count; n++) {
		reached[n] = (uint32_t)sums[component[n]];
		size[n] = counts[component[n]] > 1 ? (uint32_t)counts[component[n]] : 0;
	}
	free(counts);
	free(sums);
	free(members.start);
	free(members.nodes);
}

void closure_sum(uint32_t node_count, const uint32_t *offsets, const uint32_t *targets, const uint32_t *weights, uint64_t *sums)
{
	uint32_t *component = mem_zalloc((size_t)node_count + 1, sizeof *component);
	uint32_t components = graph_components(node_count, offsets, targets, component);
	struct members members = collect_members(node_count, components, component);
	uint64_t *by_component = mem_zalloc((size_t)components + 1, sizeof *by_component);
	for (uint32_t n = 0; n < node_count; n++)
		by_component[component[n]] += weights[n];
	struct closure closure = {offsets, targets, component, by_component};
	uint64_t *reached = sum_reached(&closure, &members, components);
	for (uint32_t n = 0; n < node_count; n++)
		sums[n] = reached[component[n]];
	free(component);
	free(by_component);
	free(reached);
	free(members.start);
	free(members.nodes);
}
