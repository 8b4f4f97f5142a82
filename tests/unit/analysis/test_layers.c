/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers of graphs worked out on paper, and of random ones against every order there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/layers.h"

#define MOST 40

static uint64_t seed = 42;
static uint32_t below(uint32_t limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % limit;
}

static double upward_weight(const struct layer_link *links, size_t count, const uint32_t *level)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += level[links[i].from] < level[links[i].to] ? links[i].weight : 0;
	return sum;
}

/* What the header promises, whatever the graph. */
static void check_promises(uint32_t n, const struct layer_link *links, size_t count, const uint32_t *level)
{
	uint32_t wanted[MOST] = {0};
	for (size_t i = 0; i < count; i++) {
		assert_int_not_equal(level[links[i].from], level[links[i].to]);
		if (level[links[i].from] > level[links[i].to] && level[links[i].to] + 1 > wanted[links[i].from])
			wanted[links[i].from] = level[links[i].to] + 1;
	}
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(level[i], wanted[i]);
}

static void test_chain_and_diamond(void **state)
{
	(void)state;
	const struct layer_link links[] = {{0, 1, 1}, {0, 2, 1}, {1, 3, 1}, {2, 3, 1}, {3, 4, 1}, {0, 4, 1}};
	uint32_t level[6];
	layers_find(6, links, 6, level);
	const uint32_t wanted[] = {3, 2, 2, 1, 0, 0};
	assert_memory_equal(level, wanted, sizeof level);
}

static void test_the_light_one_points_upward(void **state)
{
	(void)state;
	const struct layer_link links[] = {{0, 1, 50}, {1, 0, 2}, {1, 2, 50}, {2, 0, 1}};
	uint32_t level[3];
	layers_find(3, links, 4, level);
	const uint32_t wanted[] = {2, 1, 0};
	assert_memory_equal(level, wanted, sizeof level);
}

static void test_nothing(void **state)
{
	(void)state;
	uint32_t level[2] = {9, 9};
	layers_find(0, NULL, 0, level);
	assert_int_equal(level[0], 9);
	layers_find(2, NULL, 0, level);
	assert_int_equal(level[0] + level[1], 0);
}

static size_t make(uint32_t n, uint32_t one_in, struct layer_link *links)
{
	size_t count = 0;
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++)
			if (a != b && !below(one_in))
				links[count++] = (struct layer_link){a, b, 1 + below(9)};
	return count;
}

static double least(uint32_t n, const struct layer_link *links, size_t count, uint32_t *order, uint32_t placed, double so_far, double best)
{
	if (so_far >= best)
		return best;
	if (placed == n)
		return so_far;
	for (uint32_t i = placed; i < n; i++) {
		uint32_t node = order[i];
		order[i] = order[placed];
		order[placed] = node;
		double more = 0;
		for (size_t e = 0; e < count; e++)
			for (uint32_t k = 0; links[e].to == node && k < placed; k++)
				more += links[e].from == order[k] ? links[e].weight : 0;
		best = least(n, links, count, order, placed + 1, so_far + more, best);
		order[placed] = order[i];
		order[i] = node;
	}
	return best;
}

static void test_small_ones_are_exact(void **state)
{
	(void)state;
	static struct layer_link links[MOST * MOST];
	for (int round = 0; round < 300; round++) {
		uint32_t n = 2 + below(6), order[8] = {0, 1, 2, 3, 4, 5, 6, 7}, level[MOST];
		size_t count = make(n, 2 + below(3), links);
		layers_find(n, links, count, level);
		check_promises(n, links, count, level);
		assert_true(upward_weight(links, count, level) <= least(n, links, count, order, 0, 0, 1e9) + 1e-9);
	}
}

static void test_large_cycles_keep_the_promises(void **state)
{
	(void)state;
	static struct layer_link links[MOST * MOST];
	for (int round = 0; round < 60; round++) {
		uint32_t n = 15 + below(MOST - 15), level[MOST], again[MOST];
		size_t count = make(n, 2 + below(12), links);
		double all = 0;
		layers_find(n, links, count, level);
		check_promises(n, links, count, level);
		layers_find(n, links, count, again);
		assert_memory_equal(level, again, n * sizeof *level);
		for (size_t i = 0; i < count; i++)
			all += links[i].weight;
		assert_true(upward_weight(links, count, level) <= all / 2);
	}
}

/* So many nodes that what reaches what is looked for instead of kept: the same as of each cycle alone. */
static void test_many_cycles_are_as_each_alone(void **state)
{
	(void)state;
	enum { SIZE = 25, CYCLES = 700 };
	static struct layer_link links[SIZE * SIZE], all[CYCLES * SIZE * 12];
	static uint32_t level[SIZE * CYCLES], alone[SIZE * CYCLES];
	size_t total = 0;
	for (uint32_t c = 0; c < CYCLES; c++) {
		size_t count = make(SIZE, 3, links);
		layers_find(SIZE, links, count, alone + (size_t)c * SIZE);
		for (size_t i = 0; i < count; i++)
			all[total++] = (struct layer_link){links[i].from + c * SIZE, links[i].to + c * SIZE, links[i].weight};
	}
	layers_find(SIZE * CYCLES, all, total, level);
	assert_memory_equal(level, alone, sizeof level);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain_and_diamond), cmocka_unit_test(test_the_light_one_points_upward), cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_small_ones_are_exact), cmocka_unit_test(test_large_cycles_keep_the_promises),
		cmocka_unit_test(test_many_cycles_are_as_each_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
