/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Observations: the builder makes the same bytes of the same rows; the decoder takes those and refuses all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "observation_sample.h"

/* Either the bytes are valid, and then the only spelling of what they say, or ERR_INPUT and out untouched. */
static bool check_decode(const void *bytes, size_t length)
{
	struct observation observation, before;
	struct err err = {0};
	struct arena *arena = arena_create();
	unsigned char *copy = malloc(length ? length : 1); /* exactly that size: a sanitizer sees a step past it */
	memcpy(copy, bytes, length);
	memset(&observation, 0x5a, sizeof observation);
	before = observation;
	int result = observation_decode(copy, length, arena, &observation, &err);
	if (result == 0) {
		struct buf again;
		buf_init(&again, BUF_NO_CEILING);
		observation_encode(&observation, &again);
		assert_int_equal(again.length, length);
		assert_memory_equal(again.data, bytes, length);
		buf_finish(&again);
	} else {
		assert_int_equal(result, ERR_INPUT);
		assert_int_equal(err.code, ERR_INPUT);
		assert_true(err.text[0]);
		assert_memory_equal(&observation, &before, sizeof observation);
	}
	free(copy);
	arena_destroy(arena);
	return result == 0;
}

static void test_any_order_gives_the_same_bytes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct buf plain, shuffled;
		buf_init(&plain, BUF_NO_CEILING);
		buf_init(&shuffled, BUF_NO_CEILING);
		observation_sample(seed, 0, &plain);
		observation_sample(seed, seed * 77 + 1, &shuffled);
		assert_int_equal(plain.length, shuffled.length);
		assert_memory_equal(plain.data, shuffled.data, plain.length);
		assert_true(check_decode(plain.data, plain.length));
		buf_finish(&plain);
		buf_finish(&shuffled);
	}
}

static void add_run(struct observation_builder *builder)
{
	uint64_t text = observation_builder_string(builder, "r", 1);
	struct observation_run run = {text, text, text, 5, 1, 0};
	observation_builder_add(builder, OBSERVATION_TABLE_runs, &run);
}

static const struct observation *decoded(struct observation_builder *builder, struct arena *arena)
{
	static struct observation observation;
	struct buf bytes;
	struct err err = {0};
	buf_init(&bytes, BUF_NO_CEILING);
	observation_builder_finish(builder, &bytes);
	if (observation_decode(bytes.data, bytes.length, arena, &observation, &err) != 0)
		fail_msg("%s", err.text);
	buf_finish(&bytes);
	return &observation;
}

static void test_equal_keys_merge(void **state)
{
	(void)state;
	struct observation_builder *builder = observation_builder_create();
	struct arena *arena = arena_create();
	add_run(builder);
	uint64_t name = observation_builder_string(builder, "b.so", 4), other = observation_builder_string(builder, "a.so", 4);
	observation_builder_string(builder, "not used", 8);
	struct observation_module first = {name, name, name, 10, 4, 1, 2}, again = {name, name, name, 8, 6, 2, 7};
	struct observation_module second = {other, name, name, 1, 1, 0, 0};
	uint64_t module = observation_builder_add(builder, OBSERVATION_TABLE_modules, &first);
	assert_int_equal(observation_builder_add(builder, OBSERVATION_TABLE_modules, &again), module);
	assert_int_not_equal(observation_builder_add(builder, OBSERVATION_TABLE_modules, &second), module);
	struct observation_function function = {name, OBSERVATION_NONE, 0, module};
	uint64_t f = observation_builder_add(builder, OBSERVATION_TABLE_functions, &function);
	assert_int_equal(observation_builder_add(builder, OBSERVATION_TABLE_functions, &function), f);
	struct observation_edge edge = {OBSERVATION_NONE, f, OBSERVATION_NONE, OBSERVATION_COUNTED, 0, 40, 0, 9};
	observation_builder_add(builder, OBSERVATION_TABLE_edges, &edge);
	edge.line = 12, edge.first = 7, edge.count = 2;
	observation_builder_add(builder, OBSERVATION_TABLE_edges, &edge);
	edge.line = 30, edge.first = 8, edge.count = 0;
	observation_builder_add(builder, OBSERVATION_TABLE_edges, &edge);
	edge.flags = OBSERVATION_SIGNAL, edge.count = UINT64_MAX - 1;
	observation_builder_add(builder, OBSERVATION_TABLE_edges, &edge);
	edge.count = 100;
	observation_builder_add(builder, OBSERVATION_TABLE_edges, &edge);

	const struct observation *seen = decoded(builder, arena);
	assert_int_equal(seen->string_count, 3);
	assert_int_equal(seen->modules_count, 2);
	assert_string_equal(seen->strings[seen->modules[0].name_string], "a.so");
	assert_int_equal(seen->modules[1].functions, 10);
	assert_int_equal(seen->modules[1].recorded, 6);
	assert_int_equal(seen->modules[1].flags, 3);
	assert_int_equal(seen->modules[1].described, 7);
	assert_int_equal(seen->functions_count, 1);
	assert_int_equal(seen->functions[0].module, 1);
	assert_int_equal(seen->functions[0].file_string, OBSERVATION_NONE);
	assert_int_equal(seen->edges_count, 2);
	assert_int_equal(seen->edges[0].count, 42);
	assert_int_equal(seen->edges[0].line, 12);
	assert_int_equal(seen->edges[0].first, 7);
	assert_int_equal(seen->edges[0].caller, OBSERVATION_NONE);
	assert_int_equal(seen->edges[1].count, UINT64_MAX - 1); /* saturated */

	/* The builder is empty after. */
	add_run(builder);
	seen = decoded(builder, arena);
	assert_int_equal(seen->modules_count + seen->functions_count + seen->edges_count, 0);
	assert_int_equal(seen->string_count, 1);
	arena_destroy(arena);
	observation_builder_destroy(builder);
}

/* What sightlines wrote that knew of no origins is read, and written the same way still. */
static void test_the_first_version_has_a_table_less(void **state)
{
	(void)state;
	struct observation_builder *builder = observation_builder_create();
	struct buf bytes;
	buf_init(&bytes, BUF_NO_CEILING);
	add_run(builder);
	observation_builder_finish(builder, &bytes);
	assert_int_equal(bytes.data[3], 1);
	assert_true(check_decode(bytes.data, bytes.length));
	bytes.data[3] = 2; /* an empty table would be another spelling */
	buf_append_char(&bytes, '\0');
	assert_false(check_decode(bytes.data, bytes.length));
	bytes.data[3] = 3;
	assert_false(check_decode(bytes.data, bytes.length));

	buf_clear(&bytes);
	add_run(builder);
	uint64_t text = observation_builder_string(builder, "a.c", 3);
	struct observation_module module = {text, text, text, 1, 1, 0, 0};
	struct observation_function function = {text, text, 1, observation_builder_add(builder, OBSERVATION_TABLE_modules, &module)};
	struct observation_origin origin = {observation_builder_add(builder, OBSERVATION_TABLE_functions, &function), text};
	observation_builder_add(builder, OBSERVATION_TABLE_origins, &origin);
	observation_builder_finish(builder, &bytes);
	assert_int_equal(bytes.data[3], 2);
	assert_true(check_decode(bytes.data, bytes.length));
	bytes.data[3] = 1;
	assert_false(check_decode(bytes.data, bytes.length));
	buf_finish(&bytes);
	observation_builder_destroy(builder);
}

static void test_names_become_utf8(void **state)
{
	(void)state;
	struct observation_builder *builder = observation_builder_create();
	struct arena *arena = arena_create();
	add_run(builder);
	struct observation_loss loss = {observation_builder_string(builder, "a\xff\0b", 4), 1};
	observation_builder_add(builder, OBSERVATION_TABLE_losses, &loss);
	const struct observation *seen = decoded(builder, arena);
	assert_string_equal(seen->strings[seen->losses[0].what_string], "a\\xff");
	arena_destroy(arena);
	observation_builder_destroy(builder);
}

static void test_one_run_exactly(void **state)
{
	(void)state;
	struct observation_builder *builder = observation_builder_create();
	struct buf bytes;
	buf_init(&bytes, BUF_NO_CEILING);
	observation_builder_finish(builder, &bytes);
	assert_false(check_decode(bytes.data, bytes.length));
	buf_finish(&bytes);
	observation_builder_destroy(builder);
}

static void test_damage(void **state)
{
	(void)state;
	struct buf bytes;
	buf_init(&bytes, BUF_NO_CEILING);
	observation_sample(4, 0, &bytes);
	for (size_t length = 0; length < bytes.length; length++)
		assert_false(check_decode(bytes.data, length));
	size_t valid = 0;
	for (size_t bit = 0; bit < bytes.length * 8; bit++) {
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		valid += check_decode(bytes.data, bytes.length);
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	assert_true(valid > 0 && valid < bytes.length * 4); /* both happened */
	buf_append_char(&bytes, '\0');
	assert_false(check_decode(bytes.data, bytes.length));
	buf_finish(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order_gives_the_same_bytes),
		cmocka_unit_test(test_equal_keys_merge),
		cmocka_unit_test(test_the_first_version_has_a_table_less),
		cmocka_unit_test(test_names_become_utf8),
		cmocka_unit_test(test_one_run_exactly),
		cmocka_unit_test(test_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
