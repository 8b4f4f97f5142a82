/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting rows by numbers, against the C library's qsort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"

struct row { uint64_t high; uint32_t low; uint32_t number; /* in the order that they came in */ };

static uint64_t key(const void *row, unsigned part)
{
	const struct row *x = row;
	return part ? x->low : x->high;
}

static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->high != y->high)
		return x->high < y->high ? -1 : 1;
	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* none_every: so many rows have a key whose upper half is the largest number there is. */
static void check_with(uint64_t high_mask, uint32_t low_mask, size_t count, size_t none_every)
{
	struct row *rows = mem_zalloc(count + 1, sizeof *rows), *expected = mem_zalloc(count + 1, sizeof *expected);
	uint64_t random = 0x9e3779b97f4a7c15;
	for (size_t i = 0; i < count; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		rows[i] = (struct row){(random ^ random >> 29) & high_mask, (uint32_t)(random >> 32) & low_mask, (uint32_t)i};
		if (none_every && i % none_every == 0)
			rows[i].high |= (uint64_t)UINT32_MAX << 32;
	}
	memcpy(expected, rows, count * sizeof *rows);
	qsort(expected, count, sizeof *expected, compare);
	sort_rows(rows, count, sizeof *rows, 2, key);
	assert_memory_equal(rows, expected, count * sizeof *rows);
	/* Sorted once more nothing moves. */
	sort_rows(rows, count, sizeof *rows, 2, key);
	assert_memory_equal(rows, expected, count * sizeof *rows);
	free(rows);
	free(expected);
}

static void check(uint64_t high_mask, uint32_t low_mask, size_t count)
{
	check_with(high_mask, low_mask, count, 0);
}

static void as_qsort_does(void **state)
{
	(void)state;
	check(UINT64_MAX, UINT32_MAX, 5000);
	check(UINT64_MAX, 0, 5000);
	check(UINT64_C(0xff) << 56, 7, 5000); /* the highest digit is not a whole one */
	check(7, UINT32_MAX, 5000);
	check(0, 3, 5000);
}

/* Pairs of numbers of which the upper one counts something, many or few to each. */
static void pairs(void **state)
{
	(void)state;
	const uint64_t lower[] = {0, 3, 0xfff, UINT32_MAX};
	for (unsigned upper = 0; upper < 14; upper++)
		for (size_t i = 0; i < sizeof lower / sizeof *lower; i++)
			for (size_t none_every = 0; none_every < 8; none_every += 7) {
				check_with(((UINT64_C(1) << upper) - 1) << 32 | lower[i], 0xff, 5000, none_every);
				check_with(((UINT64_C(1) << upper) - 1) << 33 | lower[i], 0, 300, none_every);
			}
	check_with(UINT64_MAX, 1, 100, 1);
}

static void equal_rows_stay_in_order(void **state)
{
	(void)state;
	check(1, 1, 3000);
	check(0, 0, 3000);
}

static void few_rows(void **state)
{
	(void)state;
	for (size_t count = 1; count < 5; count++)
		check(3, 3, count);
	sort_rows(NULL, 0, sizeof(struct row), 2, key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_qsort_does), cmocka_unit_test(pairs), cmocka_unit_test(equal_rows_stay_in_order),
					   cmocka_unit_test(few_rows)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
