/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database of one tree, read for another revision that lies elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/extract.h"
#include "extract/relocate.h"

static void a_path_leads_where_its_tree_lies(void **state)
{
	(void)state;
	static const struct { const char *path, *directory, *moved; } cases[] = {
		{"include", "/tree", NULL},                        /* relative within: the folder moves */
		{"../include", "/tree/build", NULL},
		{"/tree/include", "/tree/build", "/there/include"},
		{"/tree", "/tree/build", "/there"},
		{"/treetop/include", "/tree", NULL},               /* only begins alike */
		{"../outside/include", "/tree", "/outside/include"}, /* leads out: stays that place */
		{"../../outside", "/tree/build", "/outside"},
		{"../tree/include", "/build", "/there/include"},   /* built outside: leads in */
		{"gen", "/build", NULL},
		{"/usr/include", "/build", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *moved = relocate_path(cases[i].path, cases[i].directory, "/tree", "/there");
		if (cases[i].moved ? !moved || strcmp(moved, cases[i].moved) != 0 : moved != NULL)
			fail_msg("%s from %s: %s", cases[i].path, cases[i].directory, moved ? moved : "stays");
		free(moved);
	}
}

static void words_keep_their_options(void **state)
{
	(void)state;
	static const char *const given[] = {"-I../tree/a", "-I", "/tree/b", "-isystem", "/usr/x", "-DROOT=\"/tree/data\"",
					    "-DNAME=../tree/a", "-include", "/tree/config.h", "-std=gnu17"};
	static const char *const expected[] = {"-I/there/a", "-I", "/there/b", "-isystem", "/usr/x", "-DROOT=\"/there/data\"",
					       "-DNAME=../tree/a", "-include", "/there/config.h", "-std=gnu17"};
	struct arena *arena = arena_create();
	struct words in = {0}, out = {0};
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		words_add(&in, given[i]);
	relocate_words(&in, "/build", "/tree", "/there", arena, &out);
	assert_int_equal(out.count, in.count);
	for (size_t i = 0; i < out.count; i++)
		assert_string_equal(out.items[i], expected[i]);
	words_finish(&in);
	words_finish(&out);
	arena_destroy(arena);
}

static void make_file(const char *top, const char *name, const char *text)
{
	char path[512], folder[512];
	snprintf(path, sizeof path, "%s/%s", top, name);
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	assert_int_equal(dir_create(folder, NULL), 0);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	for (; *text; text++)
		if (*text == '%')
			fputs(top, file);
		else
			fputc(*text, file);
	fclose(file);
}

static const struct command *find(const struct command_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->commands[i].path, path) == 0)
			return &list->commands[i];
	return NULL;
}

/* A part of a repository is scanned; its database is outside of both. */
static void a_database_serves_another_revision(void **state)
{
	(void)state;
	char top[] = "/tmp/sightline-relocate-XXXXXX", from[64], to[64], codebase[64], database[64], command[200];
	struct command_list *now = NULL, *before = NULL;
	struct err err = {0};
	assert_non_null(mkdtemp(top));
	snprintf(from, sizeof from, "%s/now", top);
	snprintf(to, sizeof to, "%s/before", top);
	snprintf(codebase, sizeof codebase, "%s/now/part", top);
	snprintf(database, sizeof database, "%s/build/compile_commands.json", top);
	make_file(top, "now/part/same.c", "int same;\n");
	make_file(top, "now/part/new.c", "int fresh;\n");
	make_file(top, "before/part/same.c", "int same;\n");
	make_file(top, "before/part/old.c", "int fresh;\n");
	make_file(top, "build/compile_commands.json",
		  "[{\"directory\": \"%/build\", \"file\": \"../now/part/same.c\", \"command\": \"cc -I../now/common -c ../now/part/same.c\"},"
		  "{\"directory\": \"%/now/part\", \"file\": \"new.c\", \"command\": \"cc -DX=1 -c new.c\"}]");
	struct borrowed_command borrowed = {"part/old.c", "part/new.c"};
	struct commands_move move = {.from = from, .to = to, .codebase = codebase, .borrowed = &borrowed, .borrowed_count = 1};
	assert_int_equal(commands_load(codebase, database, NULL, &now, &err), 0);
	if (commands_load_moved(database, &move, NULL, &before, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(before->count, 2);
	assert_int_equal(before->missing, 1); /* new.c */
	const struct command *same = find(before, "same.c"), *old = find(before, "old.c");
	assert_non_null(same);
	assert_non_null(old);
	assert_true(hash_equal(same->command_hash, find(now, "same.c")->command_hash));
	assert_true(hash_equal(old->command_hash, find(now, "new.c")->command_hash));
	assert_int_equal(strncmp(same->file, to, strlen(to)), 0);
	char include[100], folder[100];
	snprintf(include, sizeof include, "-I%s/common", to);
	snprintf(folder, sizeof folder, "%s/part", to);
	bool found = false;
	for (size_t i = 0; i < same->argument_count; i++)
		found |= strcmp(same->arguments[i], include) == 0;
	assert_true(found);
	assert_string_equal(old->directory, folder);
	command_list_destroy(now);
	command_list_destroy(before);
	snprintf(command, sizeof command, "rm -rf '%s'", top);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_leads_where_its_tree_lies),
		cmocka_unit_test(words_keep_their_options),
		cmocka_unit_test(a_database_serves_another_revision),
	};
	return cmocka_run_group_tests_name("extract/relocate", tests, NULL, NULL);
}
