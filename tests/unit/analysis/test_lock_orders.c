/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders of locks: direct ones, those behind calls and how far, and functions that settle the held lock themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/lock_orders.h"

enum { F, G, H, I, J, K, ONE, TWO, THREE, SYMBOLS };
static struct graph_symbol symbols[SYMBOLS] = {
	[F] = {.kind = SYMBOL_FUNCTION}, [G] = {.kind = SYMBOL_FUNCTION}, [H] = {.kind = SYMBOL_FUNCTION}, [I] = {.kind = SYMBOL_FUNCTION},
	[J] = {.kind = SYMBOL_FUNCTION}, [K] = {.kind = SYMBOL_FUNCTION}, [ONE] = {.kind = SYMBOL_VARIABLE},
	[TWO] = {.kind = SYMBOL_VARIABLE}, [THREE] = {.kind = SYMBOL_FIELD}};

static struct lock_orders find(struct graph_lock *locks, uint32_t lock_count, struct graph_call *calls, uint32_t call_count)
{
	struct graph graph = {.symbols = symbols, .symbol_count = SYMBOLS, .locks = locks, .lock_count = lock_count, .calls = calls,
			      .call_count = call_count};
	struct lock_orders orders;
	lock_orders_find(&graph, &orders);
	return orders;
}
#define FIND(locks, calls) find(locks, sizeof(locks) / sizeof *(locks), calls, sizeof(calls) / sizeof *(calls))

static void check(struct lock_orders *orders, const struct lock_order *wanted, size_t count)
{
	assert_int_equal(orders->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(orders->items[i].held, wanted[i].held);
		assert_int_equal(orders->items[i].taken, wanted[i].taken);
		assert_int_equal(orders->items[i].function, wanted[i].function);
	}
	lock_orders_finish(orders);
}

static void test_direct(void **state)
{
	(void)state;
	struct graph_lock locks[] = {{F, ONE, TWO, 3, 1}, {F, ONE, THREE, 4, 1}, {F, GRAPH_NONE, ONE, 2, 1}, {F, GRAPH_NONE, TWO, 3, 1}, {G, TWO, TWO, 9, 1}};
	struct graph_call none[1];
	struct lock_orders orders = find(locks, 5, none, 0);
	check(&orders, (struct lock_order[]){{ONE, TWO, F}, {ONE, THREE, F}}, 2);
}

/* f holds one, and calls g, which calls h, i, j: what j takes is too far away. Circles end. */
static void test_behind_calls(void **state)
{
	(void)state;
	struct graph_lock locks[] = {{F, ONE, G, 2, 1}, {I, GRAPH_NONE, TWO, 5, 1}, {J, GRAPH_NONE, THREE, 6, 1}};
	struct graph_call calls[] = {{.caller = G, .callee = H}, {.caller = H, .callee = G}, {.caller = H, .callee = I}, {.caller = I, .callee = J}};
	struct lock_orders orders = FIND(locks, calls);
	check(&orders, (struct lock_order[]){{ONE, TWO, F}}, 1);
}

/* g gives one back, h takes it if a flag says so: neither it nor what they call takes two under one. */
static void test_settled(void **state)
{
	(void)state;
	struct graph_lock locks[] = {{F, ONE, G, 2, 1}, {F, ONE, H, 3, 1}, {G, ONE, ONE, 5, 1}, {G, GRAPH_NONE, TWO, 6, 1},
				     {H, GRAPH_NONE, ONE, 7, 1}, {H, GRAPH_NONE, TWO, 8, 1}, {K, GRAPH_NONE, TWO, 9, 1}};
	struct graph_call calls[] = {{.caller = G, .callee = K}};
	struct lock_orders orders = FIND(locks, calls);
	check(&orders, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_direct), cmocka_unit_test(test_behind_calls), cmocka_unit_test(test_settled)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
