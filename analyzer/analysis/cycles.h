/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of nodes that need each other in a circle, and which dependencies to cut so that no circle is left, at the least
 * cost. Pure: edges in, result out; a node is a number. */
#ifndef SIGHTLINE_ANALYSIS_CYCLES_H
#define SIGHTLINE_ANALYSIS_CYCLES_H

#include <stddef.h>
#include <stdint.h>

struct cycle_edge { uint32_t from, to; double cost; }; /* from != to; costs of several of one pair add up */
struct cycle { uint32_t first, count; /* members[first .. first + count), ascending */ };
struct cycle_cut { uint32_t cycle, from, to; double cost; };

struct cycles_result {
	struct cycle *cycles; size_t count;   /* of two and more nodes; by their smallest member */
	uint32_t *members;
	struct cycle_cut *cuts; size_t cut_count; /* by cycle, then cost, from, to */
};

/* Strongly connected components (Tarjan 1972) and for each a feedback arc set of least cost: exact by dynamic programming over
 * subsets (Lawler 1964) up to CYCLES_EXACT nodes; beyond, the order of Eades, Lin and Smyth (1993), weighted, bettered by moving
 * single nodes until none betters it or a bound of work is reached, which is small but not always the smallest. A function of the
 * edges alone, in the time of m log n. */
#define CYCLES_EXACT 14
void cycles_find(uint32_t node_count, const struct cycle_edge *edges, size_t edge_count, struct cycles_result *out);
void cycles_result_finish(struct cycles_result *result);

/* For each node of an include graph: sum of weights over all it reaches, itself included, and how many nodes marked as main
 * reach it. Both arrays: node_count entries. Where the work passes a ceiling (some seconds), false: nothing is filled. */
struct include_edge { uint32_t from, to; };
_Bool include_costs(uint32_t node_count, const struct include_edge *edges, size_t edge_count, const uint32_t *weights,
		    const _Bool *is_main, uint64_t *lines, uint32_t *mains);

#endif
