/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/page_cache.h"

static void put(struct page_cache *cache, const char *name, char letter, size_t length)
{
	char *bytes = mem_alloc(length);
	memset(bytes, letter, length);
	page_cache_put(cache, name, bytes, length);
}

static bool has(struct page_cache *cache, const char *name, char letter, size_t expected)
{
	const char *bytes;
	size_t length;
	if (!page_cache_get(cache, name, &bytes, &length))
		return false;
	assert_int_equal(length, expected);
	for (size_t i = 0; i < length; i++)
		assert_int_equal(bytes[i], letter);
	return true;
}

static void test_what_was_not_asked_for_longest_goes(void **state)
{
	(void)state;
	struct page_cache *cache = page_cache_create(3500);
	put(cache, "a", 'a', 1000);
	put(cache, "b", 'b', 1000);
	put(cache, "c", 'c', 1000);
	assert_true(has(cache, "a", 'a', 1000));
	put(cache, "d", 'd', 1000);
	assert_false(has(cache, "b", 'b', 1000));
	assert_true(has(cache, "a", 'a', 1000) && has(cache, "c", 'c', 1000) && has(cache, "d", 'd', 1000));
	assert_true(page_cache_bytes(cache) > 3000 && page_cache_bytes(cache) <= 3500);
	page_cache_destroy(cache);
}

static void test_replaced_and_too_large(void **state)
{
	(void)state;
	struct page_cache *cache = page_cache_create(1000);
	put(cache, "a", 'a', 100);
	put(cache, "a", 'z', 50);
	assert_true(has(cache, "a", 'z', 50));
	put(cache, "huge", 'h', 1001);
	assert_false(has(cache, "huge", 'h', 1001));
	assert_true(page_cache_bytes(cache) <= 1000);
	assert_false(has(cache, "none", 'n', 0));
	page_cache_destroy(cache);
	page_cache_destroy(NULL);
}

static void test_many_stay_within_the_ceiling(void **state)
{
	(void)state;
	struct page_cache *cache = page_cache_create(10000);
	for (unsigned i = 0; i < 1000; i++) {
		char name[16];
		snprintf(name, sizeof name, "t.%u", i);
		put(cache, name, 'x', i % 300);
		assert_true(page_cache_bytes(cache) <= 10000);
		assert_true(has(cache, name, 'x', i % 300));
	}
	page_cache_destroy(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_not_asked_for_longest_goes),
		cmocka_unit_test(test_replaced_and_too_large),
		cmocka_unit_test(test_many_stay_within_the_ceiling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
