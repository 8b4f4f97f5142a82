/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Circles and what to cut: no circle may be left, and small ones must be cut at the least cost, found by trying all orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/cycles.h"

#define MOST 60

static bool has_cycle(uint32_t count, const struct cycle_edge *edges, size_t edge_count, const struct cycles_result *result)
{
	bool reach[MOST][MOST] = {{false}};
	for (size_t i = 0; i < edge_count; i++) {
		bool is_cut = false;
		for (size_t k = 0; k < result->cut_count; k++)
			is_cut |= result->cuts[k].from == edges[i].from && result->cuts[k].to == edges[i].to;
		reach[edges[i].from][edges[i].to] |= !is_cut;
	}
	for (uint32_t k = 0; k < count; k++)
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t j = 0; j < count; j++)
				reach[i][j] |= reach[i][k] && reach[k][j];
	for (uint32_t i = 0; i < count; i++)
		if (reach[i][i])
			return true;
	return false;
}

static double cost_of(const struct cycles_result *result)
{
	double sum = 0;
	for (size_t i = 0; i < result->cut_count; i++)
		sum += result->cuts[i].cost;
	return sum;
}

/* The least cost over all orders of the nodes from at on. */
static double try_orders(uint32_t *order, uint32_t at, uint32_t count, const struct cycle_edge *edges, size_t edge_count)
{
	double best = 1e9;
	if (at == count) {
		uint32_t position[8];
		double sum = 0;
		for (uint32_t i = 0; i < count; i++)
			position[order[i]] = i;
		for (size_t i = 0; i < edge_count; i++)
			sum += position[edges[i].from] > position[edges[i].to] ? edges[i].cost : 0;
		return sum;
	}
	for (uint32_t i = at; i < count; i++) {
		uint32_t node = order[i];
		order[i] = order[at];
		order[at] = node;
		double cost = try_orders(order, at + 1, count, edges, edge_count);
		best = cost < best ? cost : best;
		order[at] = order[i];
		order[i] = node;
	}
	return best;
}

static void nothing_to_cut(void **state)
{
	(void)state;
	struct cycles_result result;
	const struct cycle_edge line[] = {{0, 1, 1}, {1, 2, 1}};
	cycles_find(3, line, 2, &result);
	assert_int_equal(result.count, 0);
	assert_int_equal(result.cut_count, 0);
	cycles_result_finish(&result);
	cycles_find(0, NULL, 0, &result);
	assert_int_equal(result.count, 0);
	cycles_result_finish(&result);
}

static void the_cheapest_side_is_cut(void **state)
{
	(void)state;
	struct cycles_result result;
	const struct cycle_edge edges[] = {{3, 1, 2}, {1, 3, 7}, {0, 1, 1}};
	cycles_find(4, edges, 3, &result);
	assert_int_equal(result.count, 1);
	assert_int_equal(result.cycles[0].count, 2);
	assert_int_equal(result.members[result.cycles[0].first], 1);
	assert_int_equal(result.members[result.cycles[0].first + 1], 3);
	assert_int_equal(result.cut_count, 1);
	assert_int_equal(result.cuts[0].from, 3);
	assert_int_equal(result.cuts[0].to, 1);
	cycles_result_finish(&result);
}

static void small_ones_cost_the_least(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 200; round++) {
		uint32_t count = 2 + (uint32_t)rand() % 6, order[8] = {0, 1, 2, 3, 4, 5, 6, 7};
		struct cycle_edge edges[64];
		size_t edge_count = 0;
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t j = 0; j < count; j++)
				if (i != j && rand() % 2)
					edges[edge_count++] = (struct cycle_edge){i, j, 1 + rand() % 9};
		struct cycles_result result;
		cycles_find(count, edges, edge_count, &result);
		assert_false(has_cycle(count, edges, edge_count, &result));
		assert_true(cost_of(&result) == try_orders(order, 0, count, edges, edge_count));
		cycles_result_finish(&result);
	}
}

static void large_ones_leave_no_circle(void **state)
{
	(void)state;
	srand(11);
	for (int round = 0; round < 20; round++) {
		uint32_t count = MOST;
		static struct cycle_edge edges[MOST * MOST];
		size_t edge_count = 0;
		double all = 0;
		/* An order with some edges against it: no more may be cut than those. */
		double against = 0;
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t j = 0; j < count; j++) {
				if (i == j || rand() % (i < j ? 4 : 25))
					continue;
				edges[edge_count] = (struct cycle_edge){i, j, 1 + rand() % 9};
				all += edges[edge_count].cost;
				against += i > j ? edges[edge_count].cost : 0;
				edge_count++;
			}
		struct cycles_result result;
		cycles_find(count, edges, edge_count, &result);
		assert_false(has_cycle(count, edges, edge_count, &result));
		assert_true(cost_of(&result) <= against * 1.1 && cost_of(&result) < all / 2);
		for (size_t i = 1; i < result.cut_count; i++)
			assert_true(result.cuts[i - 1].cycle < result.cuts[i].cycle || result.cuts[i - 1].cost <= result.cuts[i].cost);
		cycles_result_finish(&result);
	}
}

static void headers_cost_what_they_include(void **state)
{
	(void)state;
	/* 0: unit, 1: header that includes 2 and 3, which include each other; 4: unit that includes 3 */
	const struct include_edge edges[] = {{0, 1}, {1, 2}, {1, 3}, {2, 3}, {3, 2}, {4, 3}};
	const uint32_t weights[] = {100, 10, 3, 4, 50};
	const bool is_main[] = {true, false, false, false, true};
	uint64_t lines[5];
	uint32_t mains[5];
	assert_true(include_costs(5, edges, 6, weights, is_main, lines, mains));
	assert_int_equal(lines[1], 17);
	assert_int_equal(lines[2], 7);
	assert_int_equal(lines[3], 7);
	assert_int_equal(mains[1], 1);
	assert_int_equal(mains[2], 2);
	assert_int_equal(mains[3], 2);
}

/* A circle of 50,000 nodes: what passed over all nodes for each node would take minutes. */
static void a_large_circle_is_cut(void **state)
{
	(void)state;
	const uint32_t nodes = 50000;
	size_t count = 0, left = 0, cut = 0;
	struct cycle_edge *edges = malloc(4 * nodes * sizeof *edges);
	uint64_t random = 7;
	for (uint32_t i = 0; i < nodes; i++) {
		edges[count++] = (struct cycle_edge){i, (i + 1) % nodes, 1};
		for (int k = 0; k < 2; k++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
			uint32_t to = i + 2 + (uint32_t)(random >> 40) % 1000;
			if (to < nodes)
				edges[count++] = (struct cycle_edge){i, to, 2};
		}
	}
	struct cycles_result result;
	cycles_find(nodes, edges, count, &result);
	assert_int_equal(result.count, 1);
	assert_int_equal(result.cycles[0].count, nodes);
	assert_true(result.cut_count < 500); /* one is enough, but finding the least is hard */
	for (size_t i = 0; i < count; i++) {
		bool is_cut = false;
		for (size_t k = 0; k < result.cut_count && !is_cut; k++)
			is_cut = edges[i].from == result.cuts[k].from && edges[i].to == result.cuts[k].to;
		cut += is_cut;
		if (!is_cut)
			edges[left++] = edges[i];
	}
	assert_int_equal(cut, result.cut_count);
	cycles_result_finish(&result);
	cycles_find(nodes, edges, left, &result);
	assert_int_equal(result.count, 0);
	cycles_result_finish(&result);
	free(edges);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_cut), cmocka_unit_test(the_cheapest_side_is_cut), cmocka_unit_test(small_ones_cost_the_least),
		cmocka_unit_test(large_ones_leave_no_circle), cmocka_unit_test(headers_cost_what_they_include),
		cmocka_unit_test(a_large_circle_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
