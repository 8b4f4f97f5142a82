/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leiden by igraph. The only file that includes igraph.h. igraph's default error handler ends the process: it is
 * switched off, and every return is checked. */
#include <igraph.h>
#include <stdlib.h>

#include "graph/graph.h"

static int igraph_failed(igraph_error_t code, struct err *err)
{
	return err_set(err, ERR_INTERNAL, "igraph: %s", igraph_strerror(code));
}

/* Numbers communities by their smallest node, so that equal partitions have equal bytes. */
static void renumber(uint32_t node_count, const igraph_vector_int_t *labels, uint32_t *membership)
{
	uint32_t *map = mem_alloc(((size_t)node_count + 1) * sizeof *map), next = 0;
	for (uint32_t i = 0; i < node_count; i++)
		map[i] = GRAPH_NONE;
	for (uint32_t i = 0; i < node_count; i++) {
		uint32_t label = (uint32_t)VECTOR(*labels)[i];
		if (map[label] == GRAPH_NONE)
			map[label] = next++;
		membership[i] = map[label];
	}
	free(map);
}

int community_leiden(uint32_t node_count, const struct weighted_edge *edges, size_t edge_count, double resolution,
		     uint32_t seed, const uint32_t *initial, uint32_t *membership, double *quality, struct err *err)
{
	igraph_set_error_handler(igraph_error_handler_ignore);
	igraph_t graph;
	igraph_vector_int_t ends, labels;
	igraph_vector_t weights, strengths;
	igraph_error_t code;
	int result = 0;
	double total = 0;
	if (!node_count) {
		*quality = 0;
		return 0;
	}
	if ((code = igraph_vector_int_init(&ends, (igraph_integer_t)edge_count * 2)))
		return igraph_failed(code, err);
	if ((code = igraph_vector_int_init(&labels, node_count))) {
		igraph_vector_int_destroy(&ends);
		return igraph_failed(code, err);
	}
	if ((code = igraph_vector_init(&weights, (igraph_integer_t)edge_count))) {
		igraph_vector_int_destroy(&ends);
		igraph_vector_int_destroy(&labels);
		return igraph_failed(code, err);
	}
	if ((code = igraph_vector_init(&strengths, node_count))) {
		igraph_vector_int_destroy(&ends);
		igraph_vector_int_destroy(&labels);
		igraph_vector_destroy(&weights);
		return igraph_failed(code, err);
	}
	for (size_t i = 0; i < edge_count; i++) {
		VECTOR(ends)[2 * i] = edges[i].a;
		VECTOR(ends)[2 * i + 1] = edges[i].b;
		VECTOR(weights)[i] = edges[i].weight;
		VECTOR(strengths)[edges[i].a] += edges[i].weight;
		VECTOR(strengths)[edges[i].b] += edges[i].weight;
		total += edges[i].weight;
	}
	for (uint32_t i = 0; i < node_count; i++)
		VECTOR(labels)[i] = initial ? initial[i] : i;
	if ((code = igraph_create(&graph, &ends, node_count, IGRAPH_UNDIRECTED))) {
		result = igraph_failed(code, err);
		goto out;
	}
	igraph_rng_seed(igraph_rng_default(), seed);
	igraph_real_t reached = 0;
	if (total > 0)
		code = igraph_community_leiden(&graph, &weights, &strengths, resolution / (2 * total), 0.01, true, 4, &labels,
					       NULL, &reached);
	igraph_destroy(&graph);
	if (code) {
		result = igraph_failed(code, err);
		goto out;
	}
	renumber(node_count, &labels, membership);
	*quality = reached;
out:
	igraph_vector_int_destroy(&ends);
	igraph_vector_int_destroy(&labels);
	igraph_vector_destroy(&weights);
	igraph_vector_destroy(&strengths);
	return result;
}
