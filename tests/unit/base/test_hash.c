/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content ids, the running hash, the integer map and the interner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static void test_hash_is_xxh3(void **state)
{
	(void)state;
	/* The empty string's XXH3-128, as published with xxHash: stored ids must survive a change of library. */
	char hex[HASH_HEX_LENGTH + 1];
	hash_hex(hash_bytes("", 0), hex);
	assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
	assert_true(hash_bytes64("", 0) == 0x2d06800538d394c2u);
	assert_true(hash_equal(hash_bytes("abc", 3), hash_bytes("abc", 3)));
	assert_false(hash_equal(hash_bytes("abc", 3), hash_bytes("abd", 3)));
	assert_false(hash_equal((struct hash128){1, 2}, (struct hash128){1, 3}));
	assert_false(hash_equal((struct hash128){1, 2}, (struct hash128){2, 2}));
}

static void test_hex_round_trip(void **state)
{
	(void)state;
	struct hash128 hash = {0x0123456789abcdef, 0xfedcba9876543210}, back = {0};
	char hex[HASH_HEX_LENGTH + 1];
	hash_hex(hash, hex);
	assert_string_equal(hex, "0123456789abcdeffedcba9876543210");
	assert_true(hash_from_hex(hex, &back));
	assert_true(hash_equal(hash, back));
}

static void test_hex_refuses(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "0", "0123456789abcdeffedcba987654321", "0123456789abcdeffedcba98765432100",
		"0123456789ABCDEFfedcba9876543210", "0123456789abcdeffedcba987654321g",
		" 123456789abcdeffedcba9876543210", "0x23456789abcdeffedcba9876543210",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct hash128 out = {7, 8};
		assert_false(hash_from_hex(bad[i], &out));
		assert_true(out.high == 7 && out.low == 8);
	}
}

static struct hash128 hash_pieces(const char *const *pieces)
{
	struct hasher *hasher = hasher_create();
	for (; *pieces; pieces++)
		hasher_add_string(hasher, *pieces);
	struct hash128 hash = hasher_result(hasher);
	hasher_destroy(hasher);
	return hash;
}

static void test_hasher_tells_pieces_apart(void **state)
{
	(void)state;
	const char *a[] = {"ab", "c", NULL}, *b[] = {"a", "bc", NULL}, *c[] = {"abc", NULL}, *d[] = {"abc", "", NULL};
	const char *none[] = {NULL}, *empty[] = {"", NULL};
	assert_true(hash_equal(hash_pieces(a), hash_pieces(a)));
	assert_false(hash_equal(hash_pieces(a), hash_pieces(b)));
	assert_false(hash_equal(hash_pieces(a), hash_pieces(c)));
	assert_false(hash_equal(hash_pieces(c), hash_pieces(d)));
	assert_false(hash_equal(hash_pieces(none), hash_pieces(empty)));
	hasher_destroy(NULL);
}

static void test_hasher_result_does_not_end_it(void **state)
{
	(void)state;
	struct hasher *one = hasher_create(), *two = hasher_create();
	hasher_add_string(one, "a");
	(void)hasher_result(one);
	hasher_add(one, "b", 1);
	hasher_add(two, "a", 1);
	hasher_add_string(two, "b");
	assert_true(hash_equal(hasher_result(one), hasher_result(two)));
	hasher_destroy(one);
	hasher_destroy(two);
}

static void test_map(void **state)
{
	(void)state;
	struct map64 *map = map64_create();
	uint32_t value = 77;
	assert_false(map64_get(map, 0, &value));
	assert_int_equal(value, 77);
	/* Keys that are alike in their low, and in their high bits. */
	for (uint64_t i = 0; i < 50000; i++) {
		map64_put(map, i, (uint32_t)i);
		map64_put(map, (i + 1) << 40, (uint32_t)i + 1);
	}
	assert_int_equal(map64_count(map), 100000);
	for (uint64_t i = 0; i < 50000; i++) {
		assert_true(map64_get(map, i, &value));
		assert_int_equal(value, i);
		assert_true(map64_get(map, (i + 1) << 40, &value));
		assert_int_equal(value, i + 1);
	}
	assert_false(map64_get(map, 50000, &value));
	assert_true(map64_get(map, 5, NULL));
	map64_put(map, 5, UINT32_MAX);
	assert_int_equal(map64_count(map), 100000);
	assert_true(map64_get(map, 5, &value));
	assert_true(value == UINT32_MAX);
	map64_put(map, UINT64_MAX - 1, 1);
	assert_true(map64_get(map, UINT64_MAX - 1, &value));
	map64_destroy(map);
	map64_destroy(NULL);
}

static void test_interner(void **state)
{
	(void)state;
	struct interner *interner = interner_create();
	uint32_t id = 99;
	assert_int_equal(interner_count(interner), 0);
	assert_false(interner_find(interner, "a", 1, &id));
	assert_int_equal(id, 99);
	assert_int_equal(interner_add_string(interner, "a"), 0);
	assert_int_equal(interner_add_string(interner, ""), 1);
	assert_int_equal(interner_add(interner, "a\0b", 3), 2);
	assert_int_equal(interner_add(interner, "a", 1), 0);
	const char *first = interner_text(interner, 0), *third = interner_text(interner, 2);
	for (int i = 0; i < 100000; i++) {
		char text[16];
		snprintf(text, sizeof text, "s%d", i);
		assert_int_equal(interner_add_string(interner, text), 3 + i);
	}
	assert_int_equal(interner_count(interner), 100003);
	assert_ptr_equal(interner_text(interner, 0), first);
	assert_ptr_equal(interner_text(interner, 2), third);
	assert_memory_equal(third, "a\0b", 4);
	assert_int_equal(interner_length(interner, 2), 3);
	assert_int_equal(interner_length(interner, 1), 0);
	assert_string_equal(interner_text(interner, 1), "");
	for (int i = 0; i < 100000; i += 997) {
		char text[16];
		size_t length = (size_t)snprintf(text, sizeof text, "s%d", i);
		assert_true(interner_find(interner, text, length, &id));
		assert_int_equal(id, 3 + i);
		assert_string_equal(interner_text(interner, id), text);
	}
	assert_true(interner_find(interner, "", 0, &id));
	assert_int_equal(id, 1);
	assert_false(interner_find(interner, "a\0c", 3, &id));
	interner_destroy(interner);
	interner_destroy(NULL);
}

static void test_interner_takes_many(void **state)
{
	(void)state;
	enum { COUNT = 5000, DISTINCT = 1700 };
	static char space[COUNT][16];
	static const char *texts[COUNT];
	static size_t lengths[COUNT];
	static uint32_t ids[COUNT];
	struct interner *many = interner_create(), *single = interner_create();
	for (size_t i = 0; i < COUNT; i++) {
		lengths[i] = (size_t)snprintf(space[i], sizeof space[i], "s%zu", i * 7919 % DISTINCT);
		texts[i] = space[i];
	}
	interner_add_many(many, texts, lengths, 0, ids);
	assert_int_equal(interner_count(many), 0);
	for (size_t first = 0, n; first < COUNT; first += n) { /* 1, 2, 3 and more at a time */
		n = first / 2 + 1 < COUNT - first ? first / 2 + 1 : COUNT - first;
		interner_add_many(many, texts + first, lengths + first, n, ids + first);
	}
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(ids[i], interner_add(single, texts[i], lengths[i]));
		assert_string_equal(interner_text(many, ids[i]), texts[i]);
	}
	assert_int_equal(interner_count(many), DISTINCT);
	interner_destroy(many);
	interner_destroy(single);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_is_xxh3),
		cmocka_unit_test(test_hex_round_trip),
		cmocka_unit_test(test_hex_refuses),
		cmocka_unit_test(test_hasher_tells_pieces_apart),
		cmocka_unit_test(test_hasher_result_does_not_end_it),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_interner),
		cmocka_unit_test(test_interner_takes_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
