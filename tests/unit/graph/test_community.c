/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leiden: what it finds is plain to see in these graphs, and the same every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"

/* Adds all edges among nodes from, from + step, ..., size of them. */
static size_t clique(struct weighted_edge *edges, size_t count, uint32_t from, uint32_t step, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		for (uint32_t j = i + 1; j < size; j++)
			edges[count++] = (struct weighted_edge){from + i * step, from + j * step, 1};
	return count;
}

/* Newman's modularity with resolution. */
static double modularity(uint32_t nodes, const struct weighted_edge *edges, size_t count, double resolution,
			 const uint32_t *membership)
{
	double total = 0, inside = 0, expected = 0, *strength = calloc(nodes, sizeof *strength);
	for (size_t i = 0; i < count; i++) {
		total += edges[i].weight;
		strength[edges[i].a] += edges[i].weight;
		strength[edges[i].b] += edges[i].weight;
		if (membership[edges[i].a] == membership[edges[i].b])
			inside += edges[i].weight;
	}
	for (uint32_t c = 0; c < nodes; c++) {
		double sum = 0;
		for (uint32_t i = 0; i < nodes; i++)
			sum += membership[i] == c ? strength[i] : 0;
		expected += sum * sum;
	}
	free(strength);
	return inside / total - resolution * expected / (4 * total * total);
}

static void test_two_cliques(void **state)
{
	(void)state;
	struct weighted_edge edges[100];
	size_t count = clique(edges, 0, 0, 2, 6); /* the even nodes of 12 */
	count = clique(edges, count, 1, 2, 6);    /* the odd ones */
	edges[count++] = (struct weighted_edge){0, 1, 1};
	for (uint32_t seed = 0; seed < 20; seed++) {
		uint32_t membership[12];
		double quality = -1;
		struct err err = {0};
		assert_int_equal(community_leiden(12, edges, count, 1.0, seed, NULL, membership, &quality, &err), 0);
		for (uint32_t i = 0; i < 12; i++)
			assert_int_equal(membership[i], i % 2); /* numbered by their smallest node */
		assert_true(fabs(quality - modularity(12, edges, count, 1.0, membership)) < 1e-9);
	}
}

static void test_equal_seeds_give_equal_results(void **state)
{
	(void)state;
	/* A ring of small cliques: many partitions are nearly as good. */
	struct weighted_edge edges[1000];
	size_t count = 0;
	for (uint32_t i = 0; i < 30; i++) {
		count = clique(edges, count, i * 3, 1, 3);
		edges[count++] = (struct weighted_edge){i * 3, (i * 3 + 4) % 90, 1.5};
	}
	for (uint32_t seed = 1; seed < 6; seed++) {
		uint32_t first[90], second[90], other[90];
		double quality[3];
		struct err err = {0};
		assert_int_equal(community_leiden(90, edges, count, 1.0, seed, NULL, first, &quality[0], &err), 0);
		assert_int_equal(community_leiden(90, edges, count, 1.0, seed + 100, NULL, other, &quality[1], &err), 0);
		assert_int_equal(community_leiden(90, edges, count, 1.0, seed, NULL, second, &quality[2], &err), 0);
		assert_memory_equal(first, second, sizeof first);
		assert_true(quality[0] == quality[2]);
		assert_true(fabs(quality[0] - modularity(90, edges, count, 1.0, first)) < 1e-9);
		/* numbered by their smallest node: each new number is the next one */
		uint32_t next = 0;
		for (uint32_t i = 0; i < 90; i++) {
			assert_true(first[i] <= next);
			next += first[i] == next;
		}
	}
}

static void test_weights_and_resolution(void **state)
{
	(void)state;
	/* Four nodes in a row; the middle edge is the heavy one. */
	struct weighted_edge edges[] = {{0, 1, 1}, {1, 2, 10}, {2, 3, 1}};
	uint32_t membership[4];
	double quality;
	struct err err = {0};
	assert_int_equal(community_leiden(4, edges, 3, 1.0, 1, NULL, membership, &quality, &err), 0);
	assert_int_equal(membership[1], membership[2]);
	/* with no penalty all that hangs together is one; with a heavy one every node is alone */
	assert_int_equal(community_leiden(4, edges, 3, 0.0, 1, NULL, membership, &quality, &err), 0);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(membership[i], 0);
	assert_int_equal(community_leiden(4, edges, 3, 100.0, 1, NULL, membership, &quality, &err), 0);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(membership[i], i);
}

static void test_initial_membership(void **state)
{
	(void)state;
	struct weighted_edge edges[100];
	size_t count = clique(edges, 0, 0, 1, 5);
	count = clique(edges, count, 5, 1, 5);
	const uint32_t initial[10] = {1, 1, 1, 1, 1, 0, 0, 0, 0, 0};
	uint32_t membership[10];
	double quality;
	struct err err = {0};
	assert_int_equal(community_leiden(10, edges, count, 1.0, 1, initial, membership, &quality, &err), 0);
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(membership[i], i / 5);
	assert_int_equal(initial[0], 1);
	/* membership may well be its own initial one */
	uint32_t same[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	assert_int_equal(community_leiden(10, edges, count, 1.0, 1, same, same, &quality, &err), 0);
	assert_memory_equal(same, membership, sizeof same);
}

static void test_edge_cases(void **state)
{
	(void)state;
	uint32_t membership[3] = {9, 9, 9};
	double quality = 7;
	struct err err = {0};
	assert_int_equal(community_leiden(0, NULL, 0, 1.0, 1, NULL, membership, &quality, &err), 0);
	assert_int_equal(membership[0], 9);
	assert_int_equal(community_leiden(3, NULL, 0, 1.0, 1, NULL, membership, &quality, &err), 0); /* no edge at all */
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(membership[i], i);
	struct weighted_edge edges[] = {{0, 2, 1}}; /* and one node alone */
	assert_int_equal(community_leiden(3, edges, 1, 1.0, 1, NULL, membership, &quality, &err), 0);
	assert_int_equal(membership[0], 0);
	assert_int_equal(membership[1], 1);
	assert_int_equal(membership[2], 0);
}

/* What igraph refuses comes back as an error; it must not end the process, nor touch the results. */
static void test_igraph_errors_come_back(void **state)
{
	(void)state;
	struct weighted_edge edges[] = {{0, 1, 1}, {1, 2, 1}};
	const uint32_t beyond[3] = {0, 1, 77};
	uint32_t membership[3] = {9, 9, 9};
	double quality = 7;
	struct err err = {0};
	assert_int_equal(community_leiden(3, edges, 2, 1.0, 1, beyond, membership, &quality, &err), ERR_INTERNAL);
	assert_int_equal(err.code, ERR_INTERNAL);
	assert_non_null(strstr(err.text, "igraph"));
	assert_int_equal(membership[0], 9);
	assert_true(quality == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_cliques),
		cmocka_unit_test(test_equal_seeds_give_equal_results),
		cmocka_unit_test(test_weights_and_resolution),
		cmocka_unit_test(test_initial_membership),
		cmocka_unit_test(test_edge_cases),
		cmocka_unit_test(test_igraph_errors_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
