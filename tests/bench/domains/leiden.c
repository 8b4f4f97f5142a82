/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_leiden [NODES EDGES SEEDS THREADS [igraph]]: our Leiden and igraph's on one made-up graph, in one run.
 * Communities of 200 nodes; three of four edges lie within one, the others lead to any node, to some far more than to most. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "graph/graph.h"
#include "graph/leiden.h"

#define COMMUNITY 200

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

/* A number below n, small ones more often: what many are tied to. */
static uint32_t draw_skewed(uint64_t *random, uint32_t n)
{
	double u = (double)(leiden_random(random) % 1000000) / 1000000;
	uint32_t drawn = (uint32_t)(u * u * u * n);
	return drawn < n ? drawn : n - 1;
}

/* So many distinct edges, drawn anew as long as some are the same. */
static void make_edges(uint32_t nodes, size_t wanted, struct weighted_edge *edges)
{
	uint64_t random = 1;
	for (size_t kept = 0; kept < wanted;) {
		size_t made = kept;
		while (made < wanted) {
			uint32_t a = (uint32_t)(leiden_random(&random) % nodes), first = a / COMMUNITY * COMMUNITY, b;
			uint32_t size = nodes - first < COMMUNITY ? nodes - first : COMMUNITY;
			b = leiden_random(&random) % 4 ? first + (uint32_t)(leiden_random(&random) % size) : draw_skewed(&random, nodes);
			if (a != b)
				edges[made++] = (struct weighted_edge){a < b ? a : b, a < b ? b : a,
								       1 + (double)(leiden_random(&random) % 1000) / 1000};
		}
		qsort(edges, made, sizeof *edges, compare_edges);
		kept = 0;
		for (size_t i = 0; i < made; i++)
			if (!kept || compare_edges(&edges[kept - 1], &edges[i]))
				edges[kept++] = edges[i];
	}
}

int main(int argc, char **argv)
{
	uint32_t nodes = argc > 1 ? (uint32_t)atoi(argv[1]) : 100000;
	size_t count = argc > 2 ? (size_t)atol(argv[2]) : 5000000;
	unsigned seeds = argc > 3 ? (unsigned)atoi(argv[3]) : 20, threads = argc > 4 ? (unsigned)atoi(argv[4]) : 2;
	struct weighted_edge *edges = mem_alloc((count + 1) * sizeof *edges);
	struct leiden_graph graph;
	struct leiden_options *options = mem_zalloc(seeds + 1, sizeof *options);
	uint32_t **labels = mem_alloc((seeds + 1) * sizeof *labels);
	if ((double)count > (double)nodes * COMMUNITY / 3) {
		fprintf(stderr, "bench_leiden: so many different edges would take too long to find; at most nodes * %d\n", COMMUNITY / 3);
		return 2;
	}
	make_edges(nodes, count, edges);
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
