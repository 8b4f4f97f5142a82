/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs say of a release, on a graph written by hand:
 *
 *   a.c  1 main  10 work  20 static helper (also in b.c)   b.c  5 static helper  30 run   inline.h  3 tiny
 *   outside: puts, qsort */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/observed.h"

enum { HELPER_A, HELPER_B, MAIN, PUTS, QSORT, RUN, TINY, WORK, SYMBOLS };
static struct graph_file files[] = {{.path = "a.c"}, {.path = "b.c"}, {.path = "inline.h"}};
static struct graph_symbol symbols[SYMBOLS] = {
	[HELPER_A] = {.kind = SYMBOL_FUNCTION, .name = "helper", .scope_path = "a.c", .is_defined = true},
	[HELPER_B] = {.kind = SYMBOL_FUNCTION, .name = "helper", .scope_path = "b.c", .is_defined = true},
	[MAIN] = {.kind = SYMBOL_FUNCTION, .name = "main", .scope_path = "", .is_defined = true},
	[PUTS] = {.kind = SYMBOL_FUNCTION, .name = "puts", .scope_path = ""},
	[QSORT] = {.kind = SYMBOL_FUNCTION, .name = "qsort", .scope_path = ""},
	[RUN] = {.kind = SYMBOL_FUNCTION, .name = "run_v2", .scope_path = "", .is_defined = true},
	[TINY] = {.kind = SYMBOL_FUNCTION, .name = "tiny", .scope_path = "", .is_defined = true},
	[WORK] = {.kind = SYMBOL_FUNCTION, .name = "work", .scope_path = "", .is_defined = true},
};
static struct graph_function functions[] = {
	{.symbol = HELPER_A, .file = 0, .line = 20}, {.symbol = HELPER_B, .file = 1, .line = 5}, {.symbol = MAIN, .file = 0, .line = 1},
	{.symbol = RUN, .file = 1, .line = 30, .source_name = "run"}, {.symbol = TINY, .file = 2, .line = 3},
	{.symbol = WORK, .file = 0, .line = 10}};
static uint32_t function_of[SYMBOLS] = {0, 1, 2, GRAPH_NONE, GRAPH_NONE, 3, 4, 5};
/* Another configuration defines work at line 12. */
static struct graph_declaration declarations[] = {{WORK, 0, 10, true}, {WORK, 0, 12, true}, {WORK, 2, 99, false}};
static const struct graph GRAPH = {
	.files = files, .file_count = 3, .symbols = symbols, .symbol_count = SYMBOLS, .functions = functions, .function_count = 6,
	.function_of = function_of, .declarations = declarations, .declaration_count = 3};

/* ---- observations ---- */

struct run { struct observation_builder *builder; uint64_t program, library; struct arena *arena; struct observation made; };

static uint64_t text(struct run *run, const char *value)
{
	return observation_builder_string(run->builder, value, strlen(value));
}

static uint64_t module(struct run *run, const char *name, const char *mode, uint64_t flags)
{
	struct observation_module row = {text(run, name), text(run, "abc"), text(run, mode), 100, 90, flags, 0};
	return observation_builder_add(run->builder, OBSERVATION_TABLE_modules, &row);
}

static void begin(struct run *run)
{
	*run = (struct run){.builder = observation_builder_create(), .arena = arena_create()};
	struct observation_run row = {text(run, "1"), text(run, "program"), text(run, ""), 1, 1, 0};
	observation_builder_add(run->builder, OBSERVATION_TABLE_runs, &row);
	run->program = module(run, "bin/program", "fentry", OBSERVATION_MODULE_CODEBASE | OBSERVATION_MODULE_DEBUG);
	run->library = module(run, "/lib/libc.so.6", "none", 0);
}

static uint64_t function_in(struct run *run, uint64_t in, const char *file, const char *name, uint64_t line)
{
	struct observation_function row = {text(run, name), file ? text(run, file) : OBSERVATION_NONE, line, in};
	return observation_builder_add(run->builder, OBSERVATION_TABLE_functions, &row);
}

static uint64_t own(struct run *run, const char *file, const char *name, uint64_t line)
{
	return function_in(run, run->program, file, name, line);
}

static uint64_t entry(struct run *run, uint64_t function, const char *kind, uint64_t count)
{
	struct observation_entry row = {function, text(run, kind), count};
	return observation_builder_add(run->builder, OBSERVATION_TABLE_entries, &row);
}

static void call(struct run *run, uint64_t at, uint64_t caller, uint64_t callee, enum observation_how how, uint64_t flags,
		 uint64_t count, uint64_t first)
{
	struct observation_edge row = {caller, callee, at, how, flags, count, 7, first};
	observation_builder_add(run->builder, OBSERVATION_TABLE_edges, &row);
}

static uint64_t resource(struct run *run, const char *kind, const char *name)
{
	struct observation_resource row = {text(run, kind), text(run, name), text(run, "")};
	return observation_builder_add(run->builder, OBSERVATION_TABLE_resources, &row);
}

static const struct observation *end(struct run *run)
{
	struct buf bytes;
	struct err err = {0};
	buf_init(&bytes, BUF_NO_CEILING);
	observation_builder_finish(run->builder, &bytes);
	void *copy = arena_alloc(run->arena, bytes.length);
	memcpy(copy, bytes.data, bytes.length);
	if (observation_decode(copy, bytes.length, run->arena, &run->made, &err))
		fail_msg("%s", err.text);
	buf_finish(&bytes);
	observation_builder_destroy(run->builder);
	return &run->made;
}

static void forget(struct run *run)
{
	arena_destroy(run->arena);
}

/* ---- results as text ---- */

static const char *name_of(const struct observed_result *result, uint32_t symbol)
{
	static char names[4][64];
	static unsigned next;
	char *to = names[next++ % 4];
	if (symbol < SYMBOLS)
		snprintf(to, 64, "%s%s%s", symbols[symbol].name, *symbols[symbol].scope_path ? "@" : "", symbols[symbol].scope_path);
	else
		snprintf(to, 64, "+%s%s", result->outside[symbol - SYMBOLS].name, result->outside[symbol - SYMBOLS].scope_path);
	return to;
}

static void assert_calls(const struct observed_result *result, const char *wanted)
{
	struct buf got;
	buf_init(&got, BUF_NO_CEILING);
	buf_append_string(&got, "");
	for (size_t i = 0; i < result->call_count; i++) {
		const struct observed_call *row = &result->calls[i];
		buf_printf(&got, "%s>%s %llu %s\n", name_of(result, row->caller), name_of(result, row->callee),
			   (unsigned long long)row->count, row->how);
	}
	assert_string_equal(got.data, wanted);
	buf_finish(&got);
}

static uint64_t covered(const struct observed_result *result, const char *what, uint64_t *total)
{
	for (size_t i = 0; i < result->coverage_count; i++)
		if (!strcmp(result->coverage[i].what, what)) {
			*total = result->coverage[i].total;
			return result->coverage[i].seen;
		}
	return *total = UINT64_MAX;
}

/* ---- tests ---- */

static void functions_are_told_apart_by_file(void **state)
{
	(void)state;
	struct run run;
	struct observed_result *result;
	begin(&run);
	uint64_t other = module(&run, "bin/other", "fentry", OBSERVATION_MODULE_CODEBASE | OBSERVATION_MODULE_DEBUG);
	uint64_t main = own(&run, "a.c", "main", 1), a = own(&run, "a.c", "helper", 20), b = own(&run, "b.c", "helper.constprop.0", 5);
	uint64_t tiny = own(&run, "inline.h", "tiny", 3), tiny_there = function_in(&run, other, "inline.h", "tiny", 3);
	uint64_t source_name = own(&run, "b.c", "run", 30), linkage_name = own(&run, "b.c", "run_v2", 30);
	uint64_t at = entry(&run, main, "main", 1);
	call(&run, at, main, a, OBSERVATION_COUNTED, 0, 2, 1);
	call(&run, at, main, b, OBSERVATION_COUNTED, 0, 3, 2);
	call(&run, at, main, tiny, OBSERVATION_COUNTED, 0, 4, 3);
	call(&run, OBSERVATION_NONE, main, tiny_there, OBSERVATION_COUNTED, 0, 5, 4);
	call(&run, at, main, source_name, OBSERVATION_COUNTED, 0, 1, 5);
	call(&run, at, main, linkage_name, OBSERVATION_COUNTED, 0, 1, 6);
	observed_compute(&GRAPH, end(&run), 1, &result);
	assert_calls(result, "main>helper@a.c 2 exact\nmain>helper@b.c 3 exact\nmain>run_v2 2 exact\nmain>tiny 9 exact\n");
	assert_int_equal(result->calls_of[TINY], 9);
	assert_true(result->is_seen[HELPER_B]);
	assert_false(result->is_seen[WORK]);
	struct observed_identity identity;
	observed_identify(&GRAPH, &run.made, &identity);
	assert_int_equal(identity.described, 7);
	assert_int_equal(identity.matched, 7);
	observed_result_destroy(result);
	forget(&run);
}

static void what_is_no_exact_count_is_not_told_as_one(void **state)
{
	(void)state;
	struct run run;
	struct observed_result *result;
	begin(&run);
	uint64_t main = own(&run, "a.c", "main", 1), work = own(&run, "a.c", "work", 12), tiny = own(&run, "inline.h", "tiny", 3);
	uint64_t a = own(&run, "a.c", "helper", 20), b = own(&run, "b.c", "helper", 5), r = own(&run, "b.c", "run", 30);
	call(&run, OBSERVATION_NONE, main, work, OBSERVATION_COUNTED, 0, 10, 1);
	call(&run, OBSERVATION_NONE, main, work, OBSERVATION_SAMPLED_EDGE, 0, 500, 2); /* never added to calls */
	call(&run, OBSERVATION_NONE, main, work, OBSERVATION_STACKED, 0, 7, 3);
	call(&run, OBSERVATION_NONE, main, tiny, OBSERVATION_COUNTED, OBSERVATION_INLINED, 3, 4);
	call(&run, OBSERVATION_NONE, main, tiny, OBSERVATION_COUNTED, 0, 2, 5);
	call(&run, OBSERVATION_NONE, main, a, OBSERVATION_COUNTED, OBSERVATION_TAIL_CALL, 4, 6);
	call(&run, OBSERVATION_NONE, main, b, OBSERVATION_SAMPLED_EDGE, 0, 9, 7);
	call(&run, OBSERVATION_NONE, main, b, OBSERVATION_STACKED, 0, 100, 8);
	call(&run, OBSERVATION_NONE, main, r, OBSERVATION_STACKED, 0, 1, 9);
	call(&run, OBSERVATION_NONE, work, work, OBSERVATION_COUNTED, OBSERVATION_INLINED, 6, 10); /* split and put back: no call */
	observed_compute(&GRAPH, end(&run), 1, &result);
	assert_calls(result, "main>helper@a.c 4 tail\nmain>helper@b.c 9 sampled\nmain>run_v2 1 stack\nmain>tiny 5 inlined\n"
			     "main>work 10 exact\n");
	assert_int_equal(result->calls_of[WORK], 10);
	assert_int_equal(result->calls_of[HELPER_B], 0);
	assert_true(result->is_seen[HELPER_B]);
	observed_result_destroy(result);
	forget(&run);
}

static void what_may_have_another_caller_is_doubtful(void **state)
{
	(void)state;
	struct run run;
	struct observed_result *result;
	begin(&run);
	uint64_t main = own(&run, "a.c", "main", 1), work = own(&run, "a.c", "work", 12), a = own(&run, "a.c", "helper", 20);
	call(&run, OBSERVATION_NONE, main, work, OBSERVATION_COUNTED, OBSERVATION_DOUBTFUL, 10, 1);
	call(&run, OBSERVATION_NONE, main, a, OBSERVATION_COUNTED, OBSERVATION_DOUBTFUL, 4, 2);
	call(&run, OBSERVATION_NONE, main, a, OBSERVATION_COUNTED, 0, 1, 3); /* once for certain */
	observed_compute(&GRAPH, end(&run), 1, &result);
	assert_calls(result, "main>helper@a.c 5 exact\nmain>work 10 exact\n");
	assert_false(result->calls[0].is_doubtful);
	assert_true(result->calls[1].is_doubtful);
	observed_result_destroy(result);
	forget(&run);
}

static void what_lies_outside_has_a_symbol_where_it_touches_the_codebase(void **state)
{
	(void)state;
	struct run run;
	struct observed_result *result;
	begin(&run);
	uint64_t main = own(&run, "a.c", "main", 1), a = own(&run, "a.c", "helper", 20);
	uint64_t puts = function_in(&run, run.library, NULL, "puts@@GLIBC_2.2.5", 0), qsort = function_in(&run, run.library, NULL, "qsort", 0);
	uint64_t inner = function_in(&run, run.library, NULL, "msort", 0), nameless = function_in(&run, run.library, NULL, "?1a2b", 0);
	uint64_t work = function_in(&run, run.library, NULL, "work", 0); /* a library's own, by the same name */
	call(&run, OBSERVATION_NONE, main, puts, OBSERVATION_COUNTED, 0, 1, 1);
	call(&run, OBSERVATION_NONE, main, qsort, OBSERVATION_COUNTED, 0, 1, 2);
	call(&run, OBSERVATION_NONE, qsort, inner, OBSERVATION_COUNTED, 0, 1, 3); /* nothing of ours */
	call(&run, OBSERVATION_NONE, inner, a, OBSERVATION_COUNTED, 0, 5, 4);
	call(&run, OBSERVATION_NONE, nameless, a, OBSERVATION_COUNTED, 0, 6, 5);
	call(&run, OBSERVATION_NONE, main, work, OBSERVATION_COUNTED, 0, 2, 6);
	call(&run, OBSERVATION_NONE, OBSERVATION_NONE, a, OBSERVATION_COUNTED, OBSERVATION_SIGNAL, 3, 7);
	observed_compute(&GRAPH, end(&run), 1, &result);
	assert_int_equal(result->call_count, 5);
	assert_int_equal(result->calls_of[HELPER_A], 14);
	assert_int_equal(result->calls_of[WORK], 0);
	size_t found = 0;
	for (size_t i = 0; i < result->call_count; i++) {
		const char *to = name_of(result, result->calls[i].callee), *from = name_of(result, result->calls[i].caller);
		found += !strcmp(to, "puts") || !strcmp(to, "qsort") || !strcmp(to, "+work[libc.so.6]") || !strcmp(from, "+msort") ||
			 !strcmp(from, "+[libc.so.6]");
	}
	assert_int_equal(found, 5);
	observed_result_destroy(result);
	forget(&run);
}

static void names_alone_bind_where_a_module_is_the_releases(void **state)
{
	(void)state;
	struct run run;
	struct observed_result *result;
	struct observed_identity identity;
	begin(&run);
	uint64_t stripped = module(&run, "bin/stripped", "patch", OBSERVATION_MODULE_SYMBOLS);
	uint64_t main = function_in(&run, stripped, NULL, "main", 0), work = function_in(&run, stripped, NULL, "work.isra.0", 0);
	uint64_t tiny = function_in(&run, stripped, NULL, "tiny", 0), run_ = function_in(&run, stripped, NULL, "run_v2", 0);
	uint64_t ambiguous = function_in(&run, stripped, NULL, "helper", 0);
	uint64_t library_work = function_in(&run, run.library, NULL, "work", 0);
	uint64_t library_other = function_in(&run, run.library, NULL, "other", 0);
	call(&run, OBSERVATION_NONE, main, work, OBSERVATION_COUNTED, 0, 1, 1);
	call(&run, OBSERVATION_NONE, main, tiny, OBSERVATION_COUNTED, 0, 2, 2);
	call(&run, OBSERVATION_NONE, main, run_, OBSERVATION_COUNTED, 0, 3, 3);
	call(&run, OBSERVATION_NONE, main, ambiguous, OBSERVATION_COUNTED, 0, 4, 4);
	call(&run, OBSERVATION_NONE, library_other, library_work, OBSERVATION_COUNTED, 0, 5, 5);
	observed_compute(&GRAPH, end(&run), 1, &result);
	assert_calls(result, "main>run_v2 3 exact\nmain>tiny 2 exact\nmain>work 1 exact\nmain>+helper 4 exact\n");
	observed_identify(&GRAPH, &run.made, &identity);
	assert_int_equal(identity.by_name, 4);
	assert_int_equal(identity.described, 0);
	assert_false(observed_is_foreign(&identity));
	observed_result_destroy(result);
	forget(&run);
}

static void main_alone_does_not_make_a_program_the_releases(void **state)
{
	(void)state;
	struct run run;
	struct observed_identity identity;
	begin(&run);
	uint64_t other = module(&run, "curl", "plt", OBSERVATION_MODULE_SYMBOLS);
	call(&run, OBSERVATION_NONE, function_in(&run, other, NULL, "main", 0), function_in(&run, other, NULL, "?12", 0), OBSERVATION_STACKED, 0,
	     1, 1);
	end(&run);
	observed_identify(&GRAPH, &run.made, &identity);
	assert_int_equal(identity.by_name, 0);
	forget(&run);
}

static void another_build_is_recognised(void **state)
{
	(void)state;
	struct run run;
	struct observed_identity identity;
	begin(&run);
	own(&run, "a.c", "main", 1);
	own(&run, "a.c", "work", 14);         /* moved */
	own(&run, "a.c", "gone", 40);         /* not there */
	own(&run, "a.c", "tiny", 50);         /* in another file */
	own(&run, "vendor/x.c", "vendor", 1); /* not scanned: says nothing */
	observed_identify(&GRAPH, end(&run), &identity);
	assert_int_equal(identity.described, 4);
	assert_int_equal(identity.matched, 1);
	assert_int_equal(identity.elsewhere, 1);
	assert_true(observed_is_foreign(&identity));
	assert_int_equal(identity.stranger_count, 3);
	for (size_t i = 0; i < 3; i++)
		if (!strcmp(identity.strangers[i].name, "work"))
			assert_int_equal(identity.strangers[i].line_in_release, 10);
		else
			assert_int_equal(identity.strangers[i].line_in_release, 0);
	forget(&run);
}

static void origin(struct run *run, uint64_t function, const char *unit)
{
	struct observation_origin row = {function, text(run, unit)};
	observation_builder_add(run->builder, OBSERVATION_TABLE_origins, &row);
}

/* b.c is made of grammar.y, whose lines its functions claim to stand at. */
static void what_a_generated_file_says_is_bound_by_its_unit(void **state)
{
	(void)state;
	struct run run;
	struct observed_identity identity;
	struct observed_result *result;
	begin(&run);
	uint64_t main = own(&run, "a.c", "main", 1), parse = own(&run, "grammar.y", "run", 70), help = own(&run, "grammar.y", "helper", 9);
	uint64_t vendor = own(&run, "vendor/x.y", "tiny", 3);
	origin(&run, parse, "b.c");
	origin(&run, help, "b.c");
	origin(&run, vendor, "vendor/x.c"); /* not scanned either */
	call(&run, OBSERVATION_NONE, main, parse, OBSERVATION_COUNTED, 0, 2, 1);
	call(&run, OBSERVATION_NONE, parse, help, OBSERVATION_COUNTED, 0, 5, 2);
	observed_identify(&GRAPH, end(&run), &identity);
	assert_int_equal(identity.described, 3);
	assert_int_equal(identity.matched, 3);
	assert_int_equal(identity.elsewhere, 1);
	observed_compute(&GRAPH, &run.made, 1, &result);
	assert_calls(result, "main>run_v2 2 exact\nrun_v2>helper@b.c 5 exact\n");
	for (size_t i = 0; i < result->call_count; i++) /* lines of grammar.y are none of b.c */
		assert_int_equal(result->calls[i].line, result->calls[i].caller == MAIN ? 7 : 0);
	observed_result_destroy(result);
	forget(&run);
}

/* gcc makes one function of two with one body, and a jump without debug information of the other. */
static void a_global_function_needs_no_description_in_a_module_of_the_codebase(void **state)
{
	(void)state;
	struct run run;
	struct observed_result *result;
	begin(&run);
	uint64_t main = own(&run, "a.c", "main", 1), work = own(&run, NULL, "work", 0), helper = own(&run, NULL, "helper", 0);
	call(&run, OBSERVATION_NONE, main, work, OBSERVATION_COUNTED, 0, 2, 1);
	call(&run, OBSERVATION_NONE, work, helper, OBSERVATION_COUNTED, 0, 5, 2); /* which of the two static ones? */
	observed_compute(&GRAPH, end(&run), 1, &result);
	assert_calls(result, "main>work 2 exact\nwork>+helper 5 exact\n");
	observed_result_destroy(result);
	forget(&run);
}

static void a_hundredth_may_differ(void **state)
{
	(void)state;
	struct observed_identity identity = {.described = 1000, .matched = 990};
	assert_false(observed_is_foreign(&identity));
	identity.matched--;
	assert_true(observed_is_foreign(&identity));
	assert_false(observed_is_foreign(&(struct observed_identity){0}));
}

static void flows_are_what_an_entry_points_threads_did(void **state)
{
	(void)state;
	struct run run;
	struct observed_result *result;
	begin(&run);
	uint64_t main = own(&run, "a.c", "main", 1), work = own(&run, "a.c", "work", 10), a = own(&run, "a.c", "helper", 20);
	uint64_t b = own(&run, "b.c", "helper", 5), qsort = function_in(&run, run.library, NULL, "qsort", 0);
	uint64_t at_main = entry(&run, main, "main", 1), at_work = entry(&run, work, "thread", 8);
	call(&run, at_main, main, qsort, OBSERVATION_COUNTED, 0, 1, 1);
	call(&run, at_main, qsort, a, OBSERVATION_COUNTED, 0, 9, 2);
	call(&run, at_work, work, a, OBSERVATION_COUNTED, 0, 4, 3);
	call(&run, at_work, OBSERVATION_NONE, b, OBSERVATION_COUNTED, 0, 1, 4);
	observed_compute(&GRAPH, end(&run), 1, &result);
	assert_int_equal(result->entry_count, 2);
	assert_int_equal(result->entries[1].count, 8);
	assert_string_equal(result->entries[1].kind, "thread");
	static const struct observed_flow wanted[] = {{MAIN, HELPER_A, 2}, {MAIN, MAIN, 0}, {WORK, HELPER_A, 1}, {WORK, HELPER_B, GRAPH_NONE},
						      {WORK, WORK, 0}};
	assert_int_equal(result->flow_count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(result->flows[i].entry, wanted[i].entry);
		assert_int_equal(result->flows[i].symbol, wanted[i].symbol);
		assert_int_equal(result->flows[i].depth, wanted[i].depth);
	}
	assert_int_equal(result->flow_call_count, 3);
	observed_result_destroy(result);
	forget(&run);
}

static void several_runs_add_up(void **state)
{
	(void)state;
	struct run runs[2];
	struct observation both[2];
	struct observed_result *result;
	for (int i = 0; i < 2; i++) {
		begin(&runs[i]);
		uint64_t main = own(&runs[i], "a.c", "main", 1), work = own(&runs[i], "a.c", "work", 10);
		uint64_t at = entry(&runs[i], main, "main", 1), log = resource(&runs[i], "file", i ? "log.txt" : "in.txt");
		uint64_t lock = resource(&runs[i], "lock", "guard"), lock_2 = resource(&runs[i], "lock", "queue");
		call(&runs[i], at, main, work, OBSERVATION_COUNTED, 0, i ? UINT64_MAX : 5, 1);
		struct observation_use use = {work, i ? log : lock, text(&runs[i], "write"), at, 3, 1, 100, 9, 11, 2};
		observation_builder_add(runs[i].builder, OBSERVATION_TABLE_uses, &use);
		use.resource = lock_2;
		observation_builder_add(runs[i].builder, OBSERVATION_TABLE_uses, &use);
		struct observation_order order = {lock, lock_2, work, 2};
		observation_builder_add(runs[i].builder, OBSERVATION_TABLE_orders, &order);
		struct observation_time time = {work, 5, 1000, 600};
		observation_builder_add(runs[i].builder, OBSERVATION_TABLE_times, &time);
		struct observation_loss loss = {text(&runs[i], "resource events"), 4};
		observation_builder_add(runs[i].builder, OBSERVATION_TABLE_losses, &loss);
		both[i] = *end(&runs[i]);
	}
	observed_compute(&GRAPH, both, 2, &result);
	assert_calls(result, "main>work 18446744073709551615 exact\n"); /* saturated, not wrapped */
	assert_int_equal(result->entries[0].count, 2);
	assert_int_equal(result->total_ns[WORK], 2000);
	assert_int_equal(result->self_ns[WORK], 1200);
	assert_int_equal(result->use_count, 3);
	for (size_t i = 0; i < 3; i++) {
		bool twice = !strcmp(result->resources[result->uses[i].resource].name, "queue");
		assert_int_equal(result->uses[i].count, twice ? 6 : 3);
		assert_int_equal(result->uses[i].bytes, twice ? 200 : 100);
		assert_int_equal(result->uses[i].errors, twice ? 2 : 1);
		assert_int_equal(result->uses[i].line, 11);
	}
	assert_int_equal(result->order_count, 1);
	assert_int_equal(result->orders[0].count, 4);
	uint64_t total;
	assert_int_equal(covered(result, "modules traced in mode fentry", &total), 1);
	assert_int_equal(total, 2);
	assert_int_equal(covered(result, "functions recorded in mode fentry", &total), 90);
	assert_int_equal(total, 100);
	assert_int_equal(covered(result, "lost: resource events", &total), 8);
	assert_int_equal(total, 20);
	observed_result_destroy(result);
	forget(&runs[0]);
	forget(&runs[1]);
}

static void nothing_observed_is_nothing(void **state)
{
	(void)state;
	struct observed_result *result;
	observed_compute(&GRAPH, NULL, 0, &result);
	assert_calls(result, "");
	assert_int_equal(result->flow_count + result->use_count + result->entry_count + result->coverage_count, 0);
	observed_result_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_told_apart_by_file), cmocka_unit_test(what_is_no_exact_count_is_not_told_as_one),
		cmocka_unit_test(what_may_have_another_caller_is_doubtful),
		cmocka_unit_test(what_lies_outside_has_a_symbol_where_it_touches_the_codebase),
		cmocka_unit_test(names_alone_bind_where_a_module_is_the_releases), cmocka_unit_test(main_alone_does_not_make_a_program_the_releases),
		cmocka_unit_test(another_build_is_recognised),
		cmocka_unit_test(what_a_generated_file_says_is_bound_by_its_unit),
		cmocka_unit_test(a_global_function_needs_no_description_in_a_module_of_the_codebase),
		cmocka_unit_test(a_hundredth_may_differ), cmocka_unit_test(flows_are_what_an_entry_points_threads_did),
		cmocka_unit_test(several_runs_add_up), cmocka_unit_test(nothing_observed_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
