/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation and arenas; where memory ends, the process does, with exit code 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

static void test_allocations(void **state)
{
	(void)state;
	void *none = mem_alloc(0);
	assert_non_null(none);
	free(none);
	unsigned char *zeroed = mem_zalloc(100, 7);
	for (int i = 0; i < 700; i++)
		assert_int_equal(zeroed[i], 0);
	memset(zeroed, 5, 700);
	zeroed = mem_realloc(zeroed, 100000);
	assert_int_equal(zeroed[699], 5);
	free(zeroed);
	char *copy = mem_strdup("text");
	assert_string_equal(copy, "text");
	free(copy);
	copy = mem_strndup("text", 2);
	assert_string_equal(copy, "te");
	free(copy);
	copy = mem_strndup("", 0);
	assert_string_equal(copy, "");
	free(copy);
}

static void test_grow(void **state)
{
	(void)state;
	struct triple { char bytes[24]; } *array = NULL;
	size_t capacity = 0, moves = 0;
	for (size_t i = 0; i < 10000; i++) {
		size_t before = capacity;
		mem_grow(&array, &capacity, i + 1, sizeof *array);
		assert_true(capacity >= i + 1);
		moves += capacity != before;
		array[i].bytes[23] = (char)i;
	}
	assert_true(moves < 20);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(array[i].bytes[23], (char)i);
	size_t before = capacity;
	mem_grow(&array, &capacity, 1, sizeof *array);
	assert_int_equal(capacity, before);
	free(array);
}

static void test_arena(void **state)
{
	(void)state;
	struct arena *arena = arena_create();
	unsigned char *pieces[2000];
	size_t total = 0;
	for (size_t i = 0; i < 2000; i++) {
		size_t size = i % 97 + (i % 500 == 0 ? 100000 : 0);
		pieces[i] = arena_alloc(arena, size);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		memset(pieces[i], (int)(i & 0xff), size);
		total += size;
	}
	for (size_t i = 0; i < 2000; i++) {
		size_t size = i % 97 + (i % 500 == 0 ? 100000 : 0);
		for (size_t j = 0; j < size; j++)
			assert_int_equal(pieces[i][j], i & 0xff);
	}
	assert_true(arena_size(arena) >= total);
	unsigned char *zeroed = arena_zalloc(arena, 33, 3);
	for (int i = 0; i < 99; i++)
		assert_int_equal(zeroed[i], 0);
	assert_string_equal(arena_strdup(arena, "abc"), "abc");
	assert_string_equal(arena_strndup(arena, "abc", 1), "a");
	arena_destroy(arena);
	arena_destroy(NULL);
}

static void ends_with_3(void (*work)(void))
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (!child) {
		close(STDERR_FILENO);
		work();
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
}

static volatile size_t half = SIZE_MAX / 2 + 2; /* volatile: out of the compiler's sight */

static void zalloc_product_overflows(void)
{
	mem_zalloc(half, 2);
}

static void arena_product_overflows(void)
{
	arena_zalloc(arena_create(), half, 2);
}

static void arena_size_overflows(void)
{
	arena_alloc(arena_create(), SIZE_MAX - half + half);
}

static void grow_overflows(void)
{
	void *array = NULL;
	size_t capacity = 0;
	mem_grow(&array, &capacity, half, 2);
}

static void exhausted(void)
{
	mem_exhausted(1);
}

static void test_size_overflow_ends_the_process(void **state)
{
	(void)state;
	ends_with_3(exhausted);
	ends_with_3(arena_product_overflows);
	ends_with_3(arena_size_overflows);
	ends_with_3(grow_overflows);
	ends_with_3(zalloc_product_overflows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_size_overflow_ends_the_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
