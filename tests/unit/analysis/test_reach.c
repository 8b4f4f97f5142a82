/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entry points, what they reach and what they bound, on a graph written by hand:
 *
 *   main -> shared, own, lib_open    worker (a thread) -> shared, behind    own -> deep -> own
 *   lib_open, lib_close (exports) -> lib_help -> lib_deep; lib_close -> shared
 *   compare: given to qsort by own; idle: given to qsort by nobody that is reached; printed: its address is printed */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/reach.h"

enum { MAIN, BEHIND, COMPARE, DEEP, HANDLER, IDLE, INSTALL, LIB_CLOSE, LIB_DEEP, LIB_HELP, LIB_OPEN, OWN, PRINTED, SHARED, WORKER,
       PRINTF, PTHREAD_CREATE, QSORT, SIGACTION, SYMBOLS };
#define FUNCTIONS PRINTF
#define OWN_FUNCTION(symbol, called) [symbol] = {.kind = SYMBOL_FUNCTION, .name = called, .is_defined = true}
#define OUTSIDE(symbol, called) [symbol] = {.kind = SYMBOL_FUNCTION, .name = called}
static struct graph_symbol symbols[SYMBOLS] = {
	OWN_FUNCTION(MAIN, "main"), OWN_FUNCTION(BEHIND, "behind"), OWN_FUNCTION(COMPARE, "compare"), OWN_FUNCTION(DEEP, "deep"),
	OWN_FUNCTION(HANDLER, "handler"), OWN_FUNCTION(IDLE, "idle"), OWN_FUNCTION(INSTALL, "install"), OWN_FUNCTION(LIB_CLOSE, "lib_close"),
	OWN_FUNCTION(LIB_DEEP, "lib_deep"), OWN_FUNCTION(LIB_HELP, "lib_help"), OWN_FUNCTION(LIB_OPEN, "lib_open"), OWN_FUNCTION(OWN, "own"),
	OWN_FUNCTION(PRINTED, "printed"), OWN_FUNCTION(SHARED, "shared"), OWN_FUNCTION(WORKER, "worker"), OUTSIDE(PRINTF, "printf"),
	OUTSIDE(PTHREAD_CREATE, "pthread_create"), OUTSIDE(QSORT, "qsort"), OUTSIDE(SIGACTION, "sigaction")};
static struct graph_file files[] = {{.path = "app/app.c"}, {.path = "lib/lib.c"}, {.path = "lib/lib.h", .is_header = true}};
static struct graph_function functions[FUNCTIONS];
static uint32_t function_of[SYMBOLS];
static struct graph_call calls[] = {
	{.caller = MAIN, .callee = OWN}, {.caller = MAIN, .callee = SHARED}, {.caller = MAIN, .callee = LIB_OPEN},
	{.caller = MAIN, .callee = INSTALL}, {.caller = MAIN, .callee = PTHREAD_CREATE}, {.caller = DEEP, .callee = OWN},
	{.caller = INSTALL, .callee = SIGACTION}, {.caller = LIB_CLOSE, .callee = LIB_HELP}, {.caller = LIB_CLOSE, .callee = SHARED},
	{.caller = LIB_HELP, .callee = LIB_DEEP}, {.caller = LIB_OPEN, .callee = LIB_HELP}, {.caller = OWN, .callee = DEEP},
	{.caller = WORKER, .callee = BEHIND}, {.caller = WORKER, .callee = SHARED}};
static struct graph_use uses[] = {
	{.from = MAIN, .to = HANDLER, .kind = REF_ADDRESS}, {.from = MAIN, .to = WORKER, .kind = REF_ADDRESS},
	{.from = IDLE, .to = IDLE, .kind = REF_ADDRESS}, {.from = OWN, .to = COMPARE, .kind = REF_ADDRESS},
	{.from = OWN, .to = PRINTED, .kind = REF_ADDRESS}};
static struct graph_declaration declarations[] = {{LIB_CLOSE, 2, 1, false}, {LIB_HELP, 2, 2, false}, {LIB_OPEN, 2, 3, false}};
static struct indirect_callback callbacks[] = {{PRINTF, 1, PRINTED}, {PTHREAD_CREATE, 2, WORKER}, {QSORT, 3, COMPARE}, {QSORT, 3, IDLE}};
static const struct indirect_result INDIRECT = {.callbacks = callbacks, .callback_count = 4};
static struct graph graph = {
	.files = files, .file_count = 3, .symbols = symbols, .symbol_count = SYMBOLS, .functions = functions, .function_count = FUNCTIONS,
	.function_of = function_of, .calls = calls, .call_count = sizeof calls / sizeof *calls, .uses = uses,
	.use_count = sizeof uses / sizeof *uses, .declarations = declarations, .declaration_count = 3};

static int set_up(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SYMBOLS; i++) {
		function_of[i] = i < FUNCTIONS ? i : GRAPH_NONE;
		if (i < FUNCTIONS)
			functions[i] = (struct graph_function){.symbol = i, .signature = i == HANDLER ? "void (int)" : "void (void)",
							       .flags = FUNCTION_STATIC};
	}
	functions[MAIN].flags = 0;
	for (uint32_t i = LIB_CLOSE; i <= LIB_OPEN; i++)
		functions[i].flags = i == LIB_HELP ? FUNCTION_HIDDEN : 0, functions[i].file = 1;
	return 0;
}

static const char *kind_of(const struct entry_points *entries, uint32_t symbol)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].symbol == symbol)
			return entries->items[i].kind;
	return "none";
}

static void test_kinds(void **state)
{
	(void)state;
	struct entry_points entries;
	entry_points_find(&graph, &INDIRECT, &entries);
	assert_string_equal(kind_of(&entries, MAIN), "main");
	assert_string_equal(kind_of(&entries, WORKER), "thread");
	assert_string_equal(kind_of(&entries, HANDLER), "signal"); /* through install */
	assert_string_equal(kind_of(&entries, COMPARE), "callback");
	assert_string_equal(kind_of(&entries, PRINTED), "none");
	assert_string_equal(kind_of(&entries, LIB_OPEN), "export"); /* its folder hides lib_help */
	assert_string_equal(kind_of(&entries, LIB_HELP), "none");
	assert_string_equal(kind_of(&entries, LIB_DEEP), "none"); /* no header declares it */
	assert_int_equal(entries.count, 7);
	entry_points_finish(&entries);

	functions[LIB_HELP].flags = 0; /* nothing hidden: who knows what is meant for others */
	entry_points_find(&graph, &INDIRECT, &entries);
	assert_string_equal(kind_of(&entries, LIB_OPEN), "none");
	entry_points_finish(&entries);
	files[2].is_installed = true;
	entry_points_find(&graph, &INDIRECT, &entries);
	assert_string_equal(kind_of(&entries, LIB_OPEN), "export");
	assert_string_equal(kind_of(&entries, LIB_DEEP), "none");
	entry_points_finish(&entries);
	files[2].is_installed = false;
	files[2].path = "include/lib.h";
	entry_points_find(&graph, &INDIRECT, &entries);
	assert_string_equal(kind_of(&entries, LIB_OPEN), "export");
	assert_string_equal(kind_of(&entries, LIB_DEEP), "none");
	entry_points_finish(&entries);
	files[2].path = "lib/lib.h";
	symbols[MAIN].name = "start"; /* a library: whatever is not hidden */
	entry_points_find(&graph, &INDIRECT, &entries);
	assert_string_equal(kind_of(&entries, LIB_DEEP), "export");
	assert_string_equal(kind_of(&entries, MAIN), "export");
	entry_points_finish(&entries);
	symbols[MAIN].name = "main";
}

static uint32_t depth_of(const struct reach_result *reach, uint32_t entry, uint32_t symbol)
{
	for (size_t i = 0; i < reach->flow_count; i++)
		if (reach->flows[i].entry == entry && reach->flows[i].symbol == symbol)
			return reach->flows[i].depth;
	return GRAPH_NONE;
}

static void test_flows(void **state)
{
	(void)state;
	struct reach_result reach;
	reach_compute(&graph, &INDIRECT, &reach);
	assert_int_equal(depth_of(&reach, MAIN, MAIN), 0);
	assert_int_equal(depth_of(&reach, MAIN, DEEP), 2);
	assert_int_equal(depth_of(&reach, MAIN, LIB_DEEP), 3);
	assert_int_equal(depth_of(&reach, MAIN, WORKER), GRAPH_NONE);
	assert_int_equal(depth_of(&reach, WORKER, SHARED), 1);
	assert_int_equal(depth_of(&reach, LIB_CLOSE, LIB_DEEP), 2);
	for (size_t i = 0; i < reach.entries.count; i++) {
		uint32_t rows = 0;
		for (size_t f = 0; f < reach.flow_count; f++)
			rows += reach.flows[f].entry == reach.entries.items[i].symbol;
		assert_int_equal(rows, reach.reaches[i]);
	}
	assert_int_equal(reach.flows_wanted, 7);
	assert_int_equal(reach.flows_kept, 7);
	assert_true(reach.reachable[LIB_DEEP] && reach.reachable[COMPARE]);
	assert_false(reach.reachable[PRINTED]);
	reach_result_finish(&reach);
}

static const struct reach_part *part_of(const struct reach_result *reach, uint32_t symbol)
{
	assert_true(reach->part_of[symbol] < reach->part_count);
	return &reach->parts[reach->part_of[symbol]];
}

static void test_parts(void **state)
{
	(void)state;
	const uint32_t domain_of[] = {0, 1, 1};
	struct reach_result reach;
	reach_compute(&graph, &INDIRECT, &reach);
	reach_divide(&graph, &INDIRECT, domain_of, &reach);
	assert_int_equal(part_of(&reach, MAIN)->symbol, MAIN);
	assert_int_equal(part_of(&reach, DEEP)->symbol, MAIN);
	assert_int_equal(part_of(&reach, COMPARE)->symbol, MAIN); /* handed over there */
	assert_int_equal(part_of(&reach, BEHIND)->symbol, WORKER);
	assert_int_equal(reach.part_of[SHARED], REACH_COMMON);
	/* main calls lib_open, but what is behind it is the library's */
	assert_string_equal(part_of(&reach, LIB_OPEN)->kind, "export");
	assert_int_equal(part_of(&reach, LIB_OPEN)->domain, 1);
	assert_ptr_equal(part_of(&reach, LIB_DEEP), part_of(&reach, LIB_CLOSE));
	assert_string_equal(part_of(&reach, IDLE)->kind, "callback");
	assert_int_equal(reach.part_of[PRINTED], REACH_NOWHERE);
	reach_result_finish(&reach);
}

/* A library of 3,000 functions, each of which reaches all that follow: 4.5 million rows, if all were kept. */
static void test_flows_are_bounded(void **state)
{
	(void)state;
	enum { MANY = 3000 };
	static struct graph_symbol names[MANY];
	static struct graph_function bodies[MANY];
	static struct graph_call chain[MANY];
	static uint32_t numbers[MANY];
	for (uint32_t i = 0; i < MANY; i++) {
		names[i] = (struct graph_symbol){.kind = SYMBOL_FUNCTION, .name = "f", .is_defined = true};
		bodies[i] = (struct graph_function){.symbol = i, .signature = ""};
		numbers[i] = i;
		chain[i] = (struct graph_call){.caller = i, .callee = i + 1};
	}
	const struct graph library = {.files = files, .file_count = 1, .symbols = names, .symbol_count = MANY, .functions = bodies,
				      .function_count = MANY, .function_of = numbers, .calls = chain, .call_count = MANY - 1};
	const struct indirect_result none = {0};
	struct reach_result reach;
	reach_compute(&library, &none, &reach);
	assert_int_equal(reach.entries.count, MANY);
	assert_int_equal(reach.flows_wanted, MANY);
	assert_true(reach.flow_count <= 30000);
	assert_int_equal(reach.flows_kept, 244); /* the smallest: 1 + 2 + ... + 244 = 29890 */
	assert_int_equal(reach.reaches[0], MANY);
	assert_int_equal(reach.reaches[MANY - 1], 1);
	for (uint32_t i = 0; i < MANY; i++)
		assert_true(reach.reachable[i]);
	reach_result_finish(&reach);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_kinds, set_up), cmocka_unit_test_setup(test_flows, set_up),
		cmocka_unit_test_setup(test_parts, set_up), cmocka_unit_test(test_flows_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
