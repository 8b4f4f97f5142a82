/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much each node of a directed graph reaches. Pure. */
#ifndef SIGHTLINE_ANALYSIS_CLOSURE_H
#define SIGHTLINE_ANALYSIS_CLOSURE_H

#include "graph/graph.h"

/* reached[n]: how many nodes n reaches, itself included. size[n]: nodes of its cycle; 0: it is in none. component[n]: number of
 * its strongly connected component, those it depends on first. The graph is in CSR form (offsets node_count + 1). All three arrays
 * have node_count entries. Memory grows with the nodes, not with their square. */
void closure_compute(uint32_t node_count, const uint32_t *offsets, const uint32_t *targets, uint32_t *component, uint32_t *size,
		     uint32_t *reached);

/* sums[n]: the weights of all nodes that n reaches, itself included. Likewise. */
void closure_sum(uint32_t node_count, const uint32_t *offsets, const uint32_t *targets, const uint32_t *weights, uint64_t *sums);

#endif
