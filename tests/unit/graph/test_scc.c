/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strongly connected components, against reachability computed the slow way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"

#define MOST 40

static bool reach[MOST][MOST];

static void close_over(uint32_t count, const uint32_t *offsets, const uint32_t *targets)
{
	memset(reach, 0, sizeof reach);
	for (uint32_t i = 0; i < count; i++) {
		reach[i][i] = true;
		for (uint32_t e = offsets[i]; e < offsets[i + 1]; e++)
			reach[i][targets[e]] = true;
	}
	for (uint32_t k = 0; k < count; k++)
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t j = 0; j < count; j++)
				reach[i][j] |= reach[i][k] && reach[k][j];
}

static uint32_t check(uint32_t count, const uint32_t *offsets, const uint32_t *targets)
{
	uint32_t component[MOST + 1] = {0};
	bool used[MOST] = {false};
	uint32_t found = graph_components(count, offsets, targets, component);
	close_over(count, offsets, targets);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(component[i] < found);
		used[component[i]] = true;
		for (uint32_t j = 0; j < count; j++)
			assert_int_equal(component[i] == component[j], reach[i][j] && reach[j][i]);
		/* dependencies first */
		for (uint32_t e = offsets[i]; e < offsets[i + 1]; e++)
			assert_true(component[targets[e]] <= component[i]);
	}
	for (uint32_t i = 0; i < found; i++)
		assert_true(used[i]);
	return found;
}

static void test_small(void **state)
{
	(void)state;
	assert_int_equal(check(0, (uint32_t[]){0}, NULL), 0);
	assert_int_equal(check(1, (uint32_t[]){0, 0}, NULL), 1);
	assert_int_equal(check(1, (uint32_t[]){0, 1}, (uint32_t[]){0}), 1);              /* calls itself */
	assert_int_equal(check(2, (uint32_t[]){0, 1, 1}, (uint32_t[]){1}), 2);
	assert_int_equal(check(2, (uint32_t[]){0, 1, 2}, (uint32_t[]){1, 0}), 1);
	assert_int_equal(check(2, (uint32_t[]){0, 2, 2}, (uint32_t[]){1, 1}), 2);        /* twice the same */
	assert_int_equal(check(3, (uint32_t[]){0, 0, 0, 0}, NULL), 3);
	/* two rings, one leading to the other */
	assert_int_equal(check(4, (uint32_t[]){0, 1, 3, 4, 5}, (uint32_t[]){1, 0, 2, 3, 2}), 2);
}

static void test_random(void **state)
{
	(void)state;
	uint64_t random = 12345;
	for (int round = 0; round < 300; round++) {
		uint32_t offsets[MOST + 1] = {0}, targets[MOST * 4], edges = 0;
		uint32_t count = 1 + (uint32_t)round % MOST;
		for (uint32_t i = 0; i < count; i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			uint32_t degree = (uint32_t)(random >> 40) % 4;
			for (uint32_t d = 0; d < degree; d++) {
				random = random * 6364136223846793005u + 1442695040888963407u;
				targets[edges++] = (uint32_t)(random >> 40) % count;
			}
			offsets[i + 1] = edges;
		}
		check(count, offsets, targets);
	}
}

/* Iterative: a chain of a million nodes needs no stack. */
static void test_deep(void **state)
{
	(void)state;
	uint32_t count = 1000000;
	uint32_t *offsets = malloc((count + 1) * sizeof *offsets), *targets = malloc(count * sizeof *targets);
	uint32_t *component = malloc(count * sizeof *component);
	for (uint32_t i = 0; i < count; i++) {
		offsets[i] = i;
		targets[i] = (i + 1) % count;
	}
	offsets[count] = count;
	assert_int_equal(graph_components(count, offsets, targets, component), 1);
	offsets[count] = count - 1; /* the ring cut: a chain */
	assert_int_equal(graph_components(count, offsets, targets, component), count);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(component[i], count - 1 - i);
	free(offsets);
	free(targets);
	free(component);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_deep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
