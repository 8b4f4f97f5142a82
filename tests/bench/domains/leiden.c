/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_leiden [NODES EDGES SEEDS THREADS [igraph]]: our Leiden and igraph's on one made-up graph, in one run.
 * Communities of about 100 nodes; three of four edges lie within one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "graph/graph.h"
#include "graph/leiden.h"

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int compare_edges(const void *a, const void *b)
{
	const struct weighted_edge *x = a, *y = b;
	return x->a != y->a ? (x->a < y->a ? -1 : 1) : (x->b > y->b) - (x->b < y->b);
}

static size_t make_edges(uint32_t nodes, size_t count, struct weighted_edge *edges)
{
	uint64_t random = 1;
	size_t made = 0, kept = 0;
	while (made < count) {
		uint32_t a = (uint32_t)(leiden_random(&random) % nodes), b;
		b = leiden_random(&random) % 4 ? a / 100 * 100 + (uint32_t)(leiden_random(&random) % 100)
					       : (uint32_t)(leiden_random(&random) % nodes);
		if (b < nodes && a != b)
			edges[made++] = (struct weighted_edge){a < b ? a : b, a < b ? b : a,
							       1 + (double)(leiden_random(&random) % 1000) / 1000};
	}
	qsort(edges, made, sizeof *edges, compare_edges);
	for (size_t i = 0; i < made; i++)
		if (!kept || compare_edges(&edges[kept - 1], &edges[i]))
			edges[kept++] = edges[i];
	return kept;
}

int main(int argc, char **argv)
{
	uint32_t nodes = argc > 1 ? (uint32_t)atoi(argv[1]) : 100000;
	size_t wanted = argc > 2 ? (size_t)atol(argv[2]) : 5000000;
	unsigned seeds = argc > 3 ? (unsigned)atoi(argv[3]) : 20, threads = argc > 4 ? (unsigned)atoi(argv[4]) : 2;
	struct weighted_edge *edges = mem_alloc((wanted + 1) * sizeof *edges);
	size_t count = make_edges(nodes, wanted, edges);
	struct leiden_graph graph;
	struct leiden_options *options = mem_zalloc(seeds + 1, sizeof *options);
	uint32_t **labels = mem_alloc((seeds + 1) * sizeof *labels);
	leiden_graph_init(&graph, nodes, edges, count);
	for (unsigned s = 0; s <= seeds; s++) {
		options[s] = (struct leiden_options){.resolution = 1, .seed = s, .rounds = 1};
		labels[s] = mem_alloc(((size_t)nodes + 1) * sizeof **labels);
	}
	double start = now();
	leiden_run(&graph, &options[0], labels[0]);
	printf("%u nodes, %zu edges\nours    one seed   %6.2f s  modularity %.5f\n", nodes, count, now() - start,
	       leiden_quality(&graph, 1, labels[0]));
	start = now();
	leiden_run_all(&graph, options, labels, seeds, threads);
	printf("ours    %u seeds on %u threads %6.2f s\n", seeds, threads, now() - start);
	if (argc > 5 || argc == 1) {
		struct err err = {0};
		double quality = 0;
		start = now();
		if (community_leiden(nodes, edges, count, 1, 1, NULL, labels[seeds], &quality, &err))
			printf("igraph: %s\n", err.text);
		printf("igraph  one seed   %6.2f s  modularity %.5f\n", now() - start, leiden_quality(&graph, 1, labels[seeds]));
	}
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("peak %ld MiB\n", usage.ru_maxrss / 1024);
	return 0;
}
