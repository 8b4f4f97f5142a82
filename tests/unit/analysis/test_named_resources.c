/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Literals in calls become resources, under the names that runs give them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/named_resources.h"

enum { FOPEN, GETENV, LOAD, PRINTF, PUTENV, RENAME, SAVE, SQLITE, SYSTEM, SYMBOLS };
static struct graph_symbol symbols[SYMBOLS] = {
	[FOPEN] = {.kind = SYMBOL_FUNCTION, .name = "fopen"}, [GETENV] = {.kind = SYMBOL_FUNCTION, .name = "getenv"},
	[LOAD] = {.kind = SYMBOL_FUNCTION, .name = "load", .is_defined = true}, [PRINTF] = {.kind = SYMBOL_FUNCTION, .name = "printf"},
	[PUTENV] = {.kind = SYMBOL_FUNCTION, .name = "putenv"}, [RENAME] = {.kind = SYMBOL_FUNCTION, .name = "rename"},
	[SAVE] = {.kind = SYMBOL_FUNCTION, .name = "save", .is_defined = true},
	[SQLITE] = {.kind = SYMBOL_FUNCTION, .name = "sqlite3_exec"}, [SYSTEM] = {.kind = SYMBOL_FUNCTION, .name = "system"}};
static struct graph_function functions[] = {{.symbol = LOAD}, {.symbol = SAVE}};
static uint32_t function_of[SYMBOLS] = {GRAPH_NONE, GRAPH_NONE, 0, GRAPH_NONE, GRAPH_NONE, GRAPH_NONE, 1, GRAPH_NONE, GRAPH_NONE};
static struct graph_literal literals[] = { /* sorted by from, callee, argument, line */
	{LOAD, FOPEN, 0, 5, "/etc//app/./rules"}, {LOAD, FOPEN, 0, 7, "data/cache"}, {LOAD, FOPEN, 1, 5, "rb"}, {LOAD, FOPEN, 1, 7, "w"},
	{LOAD, GETENV, 0, 1, "HOME"}, {LOAD, GETENV, 0, 2, "HOME"}, {LOAD, PRINTF, 0, 3, "/etc/passwd"}, {LOAD, PUTENV, 0, 9, "LANG=C"},
	{SAVE, RENAME, 0, 20, "a.tmp"}, {SAVE, RENAME, 1, 20, "a"},
	{SAVE, SQLITE, 1, 30, "SELECT x FROM Users u JOIN log ON 1"}, {SAVE, SQLITE, 1, 31, "INSERT INTO log VALUES (1)"},
	{SAVE, SYSTEM, 0, 40, "gzip -f dump"}, {SAVE, SYSTEM, 0, 41, ""}, {GRAPH_NONE, SYSTEM, 0, 1, "at file scope"}};
static struct graph_call calls[] = {{.caller = LOAD, .callee = FOPEN, .sites = 4}, {.caller = LOAD, .callee = GETENV, .sites = 2},
				    {.caller = LOAD, .callee = PRINTF, .sites = 1}, {.caller = LOAD, .callee = PUTENV, .sites = 1},
				    {.caller = SAVE, .callee = RENAME, .sites = 1}, {.caller = SAVE, .callee = SQLITE, .sites = 2},
				    {.caller = SAVE, .callee = SYSTEM, .sites = 3}};
static const struct graph GRAPH = {
	.symbols = symbols, .symbol_count = SYMBOLS, .functions = functions, .function_count = 2, .function_of = function_of,
	.literals = literals, .literal_count = sizeof literals / sizeof *literals, .calls = calls, .call_count = 7};

static void check(const struct named_resources *found, uint32_t symbol, const char *kind, const char *name, const char *operation,
		  uint32_t sites, uint32_t line)
{
	for (size_t i = 0; i < found->use_count; i++) {
		const struct named_use *use = &found->uses[i];
		const struct named_resource *resource = &found->resources[use->resource];
		if (use->symbol != symbol || strcmp(resource->kind, kind) || strcmp(resource->name, name) || strcmp(use->operation, operation))
			continue;
		assert_int_equal(use->sites, sites);
		assert_int_equal(use->line, line);
		return;
	}
	fail_msg("no %s of %s \"%s\"", operation, kind, name);
}

static void test_names(void **state)
{
	(void)state;
	struct named_resources *found;
	named_resources_find(&GRAPH, &found);
	check(found, LOAD, "file", "/etc/app/rules", "open", 1, 5);
	check(found, LOAD, "file", "data/cache", "create", 1, 7);
	check(found, LOAD, "environment", "HOME", "get", 2, 1);
	check(found, LOAD, "environment", "LANG", "set", 1, 9);
	check(found, SAVE, "file", "a.tmp", "rename", 1, 20);
	check(found, SAVE, "file", "a", "rename", 1, 20);
	check(found, SAVE, "table", "users", "select", 1, 30);
	check(found, SAVE, "table", "log", "select", 1, 30);
	check(found, SAVE, "table", "log", "insert", 1, 31);
	check(found, SAVE, "process", "gzip -f dump", "spawn", 1, 40);
	assert_int_equal(found->use_count, 10);
	assert_int_equal(found->count, 9);
	for (uint32_t i = 1; i < found->count; i++) {
		int order = strcmp(found->resources[i - 1].kind, found->resources[i].kind);
		assert_true(order < 0 || (!order && strcmp(found->resources[i - 1].name, found->resources[i].name) < 0));
	}
	/* printf is none of them; the empty command is named, but nothing */
	assert_int_equal(found->sites, 13);
	assert_int_equal(found->sites_named, 10);
	named_resources_destroy(found);
}

static void test_nothing(void **state)
{
	(void)state;
	struct named_resources *found;
	const struct graph empty = {0};
	named_resources_find(&empty, &found);
	assert_int_equal(found->count + found->use_count + found->sites, 0);
	named_resources_destroy(found);
	named_resources_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_nothing)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
