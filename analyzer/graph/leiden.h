/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leiden (Traag, Waltman, van Eck 2019) over arrays. No global state: several threads may run it on one graph at once,
 * each with its seed, and what comes out depends on graph, resolution, seed and start alone. */
#ifndef SIGHTLINE_GRAPH_LEIDEN_H
#define SIGHTLINE_GRAPH_LEIDEN_H

#include <stddef.h>
#include <stdint.h>

struct weighted_edge;

/* Undirected, in compressed rows: the neighbours of node i are targets[offsets[i] .. offsets[i + 1]), each edge twice,
 * no edge from a node to itself. */
struct leiden_graph {
	uint32_t node_count;
	size_t *offsets;
	uint32_t *targets;
	float *weights;
	double *masses;   /* per node: its strength, what modularity expects by */
	double total;     /* sum of masses: twice the weight of all edges */
};

/* Edges in any order, distinct, weights above 0. Borrows nothing. */
void leiden_graph_init(struct leiden_graph *graph, uint32_t node_count, const struct weighted_edge *edges,
		       size_t edge_count);
void leiden_graph_finish(struct leiden_graph *graph);

struct leiden_options {
	double resolution;       /* of modularity: the larger, the smaller the communities */
	uint64_t seed;
	unsigned rounds;         /* of the whole method, each from where the last ended; 0 = until nothing changes, at most 10 */
	const uint32_t *initial; /* labels to start from, any numbers below node_count; NULL: each node alone */
};
/* membership: node_count entries; communities are numbered by their smallest node. Returns their number. */
uint32_t leiden_run(const struct leiden_graph *graph, const struct leiden_options *options, uint32_t *membership);

/* Several runs on one graph, memberships[i] by options[i], on so many threads (at least one). */
void leiden_run_all(const struct leiden_graph *graph, const struct leiden_options *options, uint32_t *const *memberships,
		    unsigned count, unsigned threads);

/* Modularity of a partition at a resolution: -1/2 .. 1. */
double leiden_quality(const struct leiden_graph *graph, double resolution, const uint32_t *membership);

/* Numbers labels by their first occurrence: equal partitions get equal arrays. Returns how many there are. */
uint32_t leiden_renumber(uint32_t *membership, uint32_t node_count);

/* splitmix64: a good 64-bit number per call, from a state that may start anywhere. */
static inline uint64_t leiden_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

#endif
