/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From compile_commands.json to a list of commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/commands.h"

/* ---- a codebase on disk, made anew for every test ---- */

struct world {
	char top[64];          /* holds everything */
	char root[96];         /* the codebase */
	char database[128];    /* root/build/compile_commands.json */
	struct buf warnings;   /* each ended by a newline */
	size_t warned;
	struct command_list *list;
	struct err err;
};

static void make_file(const struct world *world, const char *name, const char *text)
{
	char path[512], folder[512];
	struct err err;
	snprintf(path, sizeof path, "%s/%s", world->top, name);
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	assert_int_equal(dir_create(folder, &err), 0);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static bool exists(const struct world *world, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", world->top, name);
	return access(path, F_OK) == 0;
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	strcpy(world->top, "/tmp/sightline-commands-XXXXXX");
	if (!mkdtemp(world->top))
		return -1;
	snprintf(world->root, sizeof world->root, "%s/root", world->top);
	snprintf(world->database, sizeof world->database, "%s/build/compile_commands.json", world->root);
	buf_init(&world->warnings, BUF_NO_CEILING);
	make_file(world, "root/a.c", "int a;\n");
	make_file(world, "root/src/b.c", "int b;\n");
	make_file(world, "root/build/keep", "");
	make_file(world, "outside/o.c", "int o;\n");
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	char command[200];
	command_list_destroy(world->list);
	buf_finish(&world->warnings);
	snprintf(command, sizeof command, "rm -rf '%s'", world->top);
	free(world);
	return system(command);
}

static void warn(void *context, const char *line)
{
	struct world *world = context;
	for (const char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			fail_msg("a warning with a control byte: %s", line); /* one line, and nothing for a terminal to obey */
	world->warned++;
	buf_append_string(&world->warnings, line);
	buf_append_char(&world->warnings, '\n');
}

/* Loads json, in which % stands for the root. */
static int load_bytes(struct world *world, const char *json, size_t length)
{
	struct warnings warnings = {warn, world};
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	for (size_t i = 0; i < length; i++)
		if (json[i] == '%')
			buf_append_string(&text, world->root);
		else
			buf_append_char(&text, json[i]);
	command_list_destroy(world->list);
	world->list = NULL;
	world->warned = 0;
	buf_clear(&world->warnings);
	memset(&world->err, 0, sizeof world->err);
	struct command_list *list = (struct command_list *)world;
	int result = commands_parse(world->root, world->database, text.data ? text.data : "", text.length, &warnings, &list,
				    &world->err);
	buf_finish(&text);
	if (result == 0)
		world->list = list;
	else
		assert_ptr_equal(list, world); /* out untouched */
	assert_int_equal(result, world->err.code);
	return result;
}

static void load(struct world *world, const char *json)
{
	if (load_bytes(world, json, strlen(json)) != 0)
		fail_msg("%s", world->err.text);
}

static void check_warned(const struct world *world, const char *text)
{
	if (!world->warnings.data || !strstr(world->warnings.data, text))
		fail_msg("no \"%s\" in \"%s\"", text, world->warnings.data ? world->warnings.data : "");
}

static bool has_argument(const struct command *command, const char *argument)
{
	for (size_t i = 0; i < command->argument_count; i++)
		if (strcmp(command->arguments[i], argument) == 0)
			return true;
	return false;
}

/* What every list promises. */
static void check_list(const struct world *world, size_t count)
{
	const struct command_list *list = world->list;
	assert_int_equal(list->count, count);
	assert_false(list->inferred);
	for (size_t i = 0; i < count; i++) {
		const struct command *command = &list->commands[i];
		assert_int_equal(command->directory[0], '/');
		assert_non_null(path_below(command->file, list->root));
		assert_true(text_is_utf8(command->path, strlen(command->path)));
		assert_null(command->arguments[command->argument_count]);
		assert_false(command->inferred);
		for (size_t j = 0; j < command->argument_count; j++) {
			assert_non_null(command->arguments[j]);
			assert_string_not_equal(command->arguments[j], command->file);
			assert_string_not_equal(command->arguments[j], "-c");
		}
		if (i) {
			const struct command *last = command - 1;
			int order = strcmp(last->path, command->path);
			assert_true(order < 0 || (order == 0 && (last->command_hash.high < command->command_hash.high ||
				(last->command_hash.high == command->command_hash.high &&
				 last->command_hash.low < command->command_hash.low))));
		}
	}
}

/* ---- reading ---- */

static void test_one_command(void **state)
{
	struct world *world = *state;
	load(world, "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -DX -o a.o -c a.c\"}]");
	check_list(world, 1);
	const struct command *command = &world->list->commands[0];
	assert_string_equal(command->path, "a.c");
	assert_string_equal(command->directory, world->list->root);
	assert_true(has_argument(command, "-DX"));
	assert_false(has_argument(command, "-o"));
	assert_int_equal(world->warned, 0);
}

static void test_directories(void **state)
{
	struct world *world = *state;
	load(world,
	     "[{\"directory\": \"%/src\", \"file\": \"b.c\", \"command\": \"cc -D1 -c b.c\"},"
	     " {\"directory\": \"%/src/../src/.\", \"file\": \"./b.c\", \"command\": \"cc -D2 -c b.c\"},"
	     " {\"directory\": \"..\", \"file\": \"src/b.c\", \"command\": \"cc -D3 -c src/b.c\"}," /* from the database's folder */
	     " {\"file\": \"../src/b.c\", \"command\": \"cc -D4 -c ../src/b.c\"},"
	     " {\"directory\": \"/nowhere\", \"file\": \"%/src/b.c\", \"command\": \"cc -D5 -c b.c\"},"
	     " {\"directory\": \"%/build\", \"file\": \"../src//./b.c\", \"command\": \"cc -D6 -c x\"}]");
	check_list(world, 6);
	for (size_t i = 0; i < 6; i++) {
		const struct command *command = &world->list->commands[i];
		const char *directory = has_argument(command, "-D1") || has_argument(command, "-D2") ? "src"
					: has_argument(command, "-D3") ? "" : "build";
		assert_string_equal(command->path, "src/b.c");
		if (has_argument(command, "-D5"))
			assert_string_equal(command->directory, "/nowhere");
		else
			assert_string_equal(path_below(command->directory, world->list->root), directory);
	}
}

static void test_arguments_and_command_agree(void **state)
{
	struct world *world = *state;
	load(world, "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc '-DS=\\\"a b\\\"' -I inc\\\\ dir -c a.c\"}]");
	struct hash128 first = world->list->commands[0].command_hash;
	assert_true(has_argument(&world->list->commands[0], "-DS=\"a b\""));
	assert_true(has_argument(&world->list->commands[0], "inc dir"));
	load(world, "[{\"directory\": \"%\", \"file\": \"a.c\", "
		    "\"arguments\": [\"cc\", \"-DS=\\\"a b\\\"\", \"-I\", \"inc dir\", \"-c\", \"a.c\"]}]");
	assert_true(hash_equal(first, world->list->commands[0].command_hash));
	/* where both are given, arguments are what was run; quotes in them are characters */
	load(world, "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -DNO\", \"arguments\": [\"cc\", \"-D'Q'\"]}]");
	assert_true(has_argument(&world->list->commands[0], "-D'Q'"));
	assert_false(has_argument(&world->list->commands[0], "-DNO"));
	/* an empty list of arguments says nothing */
	load(world, "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -DYES\", \"arguments\": []}]");
	assert_true(has_argument(&world->list->commands[0], "-DYES"));
}

static void test_unusable_entries_do_not_fail_the_list(void **state)
{
	struct world *world = *state;
	load(world,
	     "[7,\n"
	     " {\"directory\": \"%\", \"file\": \"a.c\"},\n"
	     " {\"directory\": \"%\", \"command\": \"cc -c a.c\"},\n"
	     " {\"directory\": \"%\", \"file\": 5, \"command\": \"cc -c a.c\"},\n"
	     " {\"directory\": \"%\", \"file\": \"\", \"command\": \"cc -c a.c\"},\n"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"\"},\n"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"arguments\": [\"cc\", 3]},\n"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"arguments\": \"cc\"},\n"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -D'open\"},\n"
	     " null, [], \"x\",\n"
	     " {\"directory\": \"%\", \"file\": \"src/b.c\", \"command\": \"cc -c src/b.c\"}]");
	check_list(world, 1);
	assert_int_equal(world->list->broken, 12);
	check_warned(world, "compile_commands.json:2: entry 2");
	check_warned(world, "compile_commands.json:9: entry 9");
}

static void test_files_that_are_left_out(void **state)
{
	struct world *world = *state;
	load(world,
	     "[{\"directory\": \"%\", \"file\": \"gone.c\", \"command\": \"cc -c gone.c\"},"
	     " {\"directory\": \"%\", \"file\": \"src\", \"command\": \"cc -c src\"},"
	     " {\"directory\": \"%\", \"file\": \"%/../outside/o.c\", \"command\": \"cc -c o.c\"},"
	     " {\"directory\": \"%\", \"file\": \"../outside/o.c\", \"command\": \"cc -c o.c\"},"
	     " {\"directory\": \"%/../outside\", \"file\": \"o.c\", \"command\": \"cc -c o.c\"},"
	     " {\"directory\": \"%x\", \"file\": \"a.c\", \"command\": \"cc -c a.c\"},"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"g++ -c a.c\"},"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -c a.c\"}]");
	check_list(world, 1);
	assert_int_equal(world->list->missing, 2);
	assert_int_equal(world->list->outside, 4);
	assert_int_equal(world->list->foreign, 1);
	assert_int_equal(world->list->broken, 0);
	check_warned(world, "gone.c");
	check_warned(world, "outside/o.c");
	check_warned(world, "1 of 8");
}

static void test_trials_of_the_compiler(void **state)
{
	struct world *world = *state;
	make_file(world, "root/bld/meson-private/sanitycheckc.c", "int main(void) { return 0; }\n");
	make_file(world, "root/bld/CMakeFiles/3.25.1/CompilerIdC/CMakeCCompilerId.c", "int main(void) { return 0; }\n");
	make_file(world, "root/bld/CMakeFiles/one.dir/Unity/unity_0_c.c", "int a;\n"); /* the sources of a unity build */
	load(world,
	     "[{\"directory\": \"%/bld\", \"file\": \"meson-private/sanitycheckc.c\", \"command\": \"cc -c x.c\"},"
	     " {\"directory\": \"%/bld/CMakeFiles/3.25.1/CompilerIdC\", \"file\": \"CMakeCCompilerId.c\", \"command\": \"cc -c x.c\"},"
	     " {\"directory\": \"%/bld\", \"file\": \"CMakeFiles/one.dir/Unity/unity_0_c.c\", \"command\": \"cc -c x.c\"}]");
	check_list(world, 1);
	assert_int_equal(world->list->outside, 2);
	check_warned(world, "sanitycheckc.c");
}

static void test_response_files(void **state)
{
	struct world *world = *state;
	make_file(world, "root/build/flags.rsp", "-DFROM_FILE -I'inc dir' @more.rsp");
	make_file(world, "root/build/more.rsp", "-DMORE");
	make_file(world, "root/build/loop.rsp", "@loop.rsp");
	load(world, "[{\"directory\": \"%/build\", \"file\": \"../a.c\", \"command\": \"cc @flags.rsp -c ../a.c\"},"
		    " {\"directory\": \"%/build\", \"file\": \"../src/b.c\", \"arguments\": [\"cc\", \"@flags.rsp\", \"../src/b.c\"]},"
		    " {\"directory\": \"%/build\", \"file\": \"../a.c\", \"command\": \"cc -DNONE @none.rsp -c ../a.c\"},"
		    " {\"directory\": \"%/build\", \"file\": \"../a.c\", \"command\": \"cc @loop.rsp\"}]");
	check_list(world, 3);
	assert_int_equal(world->list->broken, 1);
	check_warned(world, "loop.rsp");
	size_t found = 0;
	for (size_t i = 0; i < 3; i++) {
		const struct command *command = &world->list->commands[i];
		bool expanded = has_argument(command, "-DFROM_FILE");
		assert_int_equal(expanded, has_argument(command, "-DMORE"));
		assert_int_equal(expanded, has_argument(command, "-Iinc dir"));
		assert_true(expanded || has_argument(command, "-DNONE"));
		assert_false(has_argument(command, "@flags.rsp") || has_argument(command, "@none.rsp"));
		found += expanded;
	}
	assert_int_equal(found, 2);
}

static void test_strange_names(void **state)
{
	struct world *world = *state;
	make_file(world, "root/with space/x y.c", "");
	make_file(world, "root/line\nbreak.c", "");
	make_file(world, "root/q\"uote.c", "");
	make_file(world, "root/gr\xc3\xbc.c", "");
	make_file(world, "root/raw\xff\x80\xc3.c", "");
	make_file(world, "root/back\\slash.c", "");
	load(world,
	     "[{\"directory\": \"%/with space\", \"file\": \"x y.c\", \"command\": \"cc -c 'x y.c'\"},"
	     " {\"directory\": \"%\", \"file\": \"line\\nbreak.c\", \"command\": \"cc -c 'line\\nbreak.c'\"},"
	     " {\"directory\": \"%\", \"file\": \"q\\\"uote.c\", \"arguments\": [\"cc\", \"q\\\"uote.c\"]},"
	     " {\"directory\": \"%\", \"file\": \"gr\\u00fc.c\", \"arguments\": [\"cc\", \"gr\xc3\xbc.c\"]},"
	     " {\"directory\": \"%\", \"file\": \"raw\xff\x80\xc3.c\", \"arguments\": [\"cc\", \"-DRAW=\xff\", \"raw\xff\x80\xc3.c\"]},"
	     " {\"directory\": \"%\", \"file\": \"back\\\\slash.c\", \"arguments\": [\"cc\", \"back\\\\slash.c\"]},"
	     " {\"directory\": \"%\", \"file\": \"gone\\n\\u001b[31m.c\", \"arguments\": [\"cc\"]},"
	     " {\"directory\": \"%\", \"file\": \"/out\\nside\xfe.c\", \"arguments\": [\"cc\"]}]");
	check_list(world, 6);
	assert_int_equal(world->list->missing, 1);
	assert_int_equal(world->list->outside, 1);
	static const char *const PATHS[] = {"back\\slash.c", "gr\xc3\xbc.c", "line\nbreak.c", "q\"uote.c",
					    "raw\\xff\\x80\\xc3.c", "with space/x y.c"};
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(world->list->commands[i].path, PATHS[i]);
	const struct command *raw = &world->list->commands[4];
	assert_string_equal(path_basename(raw->file), "raw\xff\x80\xc3.c"); /* raw bytes: it must open */
	assert_int_equal(access(raw->file, R_OK), 0);
	assert_true(has_argument(raw, "-DRAW=\xff"));
	assert_true(text_is_utf8(world->warnings.data, world->warnings.length));
	check_warned(world, "gone\\x0a\\x1b[31m.c");
}

static void test_duplicates(void **state)
{
	struct world *world = *state;
	load(world,
	     "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -DX -c a.c\"},"
	     " {\"directory\": \"%\", \"file\": \"./a.c\", \"command\": \"gcc -Wall -DX -o other.o -c ./a.c\"},"
	     " {\"directory\": \"%\", \"file\": \"%/a.c\", \"arguments\": [\"cc\", \"-DX\", \"a.c\"]},"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -DY -c a.c\"},"
	     " {\"directory\": \"%/src\", \"file\": \"../a.c\", \"command\": \"cc -DX -c ../a.c\"}]");
	check_list(world, 3); /* -DX, -DY, and -DX elsewhere, where -I could mean something else */
}

static void test_hash_is_free_of_the_place(void **state)
{
	struct world *world = *state;
	const char *json = "[{\"directory\": \"%/build\", \"file\": \"%/a.c\", \"command\": \"cc -I%/include -DX -c %/a.c\"}]";
	load(world, json);
	struct hash128 here = world->list->commands[0].command_hash;
	make_file(world, "far/away/a.c", "");
	make_file(world, "far/away/build/keep", "");
	snprintf(world->root, sizeof world->root, "%s/far/away", world->top);
	snprintf(world->database, sizeof world->database, "%s/build/compile_commands.json", world->root);
	load(world, json);
	assert_true(hash_equal(here, world->list->commands[0].command_hash));
}

static void test_links(void **state)
{
	struct world *world = *state;
	char path[200], target[200];
	/* the codebase's root given through a link */
	snprintf(path, sizeof path, "%s/link", world->top);
	assert_int_equal(symlink("root", path), 0);
	load(world, "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -c a.c\"}]");
	char *real = realpath(world->root, NULL);
	assert_string_equal(world->list->root, real);
	free(real);
	snprintf(world->root, sizeof world->root, "%s/link", world->top);
	load(world, "[{\"directory\": \"%\", \"file\": \"%/a.c\", \"command\": \"cc -c a.c\"}]");
	check_list(world, 1);
	assert_string_equal(world->list->commands[0].path, "a.c");
	assert_string_equal(world->list->commands[0].directory, world->list->root);
	/* a file in the codebase that is a link to one outside keeps its place */
	snprintf(path, sizeof path, "%s/root/linked.c", world->top);
	snprintf(target, sizeof target, "%s/outside/o.c", world->top);
	assert_int_equal(symlink(target, path), 0);
	load(world, "[{\"directory\": \"%\", \"file\": \"linked.c\", \"command\": \"cc -c linked.c\"}]");
	check_list(world, 1);
	assert_string_equal(world->list->commands[0].path, "linked.c");
}

static void test_nothing_is_run(void **state)
{
	struct world *world = *state;
	load(world,
	     "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc $(touch %/ran) `touch %/ran` -D\\\"$(touch %/ran)\\\" "
	     "-c a.c ; touch %/ran & touch %/ran | touch %/ran > %/ran\"},"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"%/tool -c a.c\"},"
	     " {\"directory\": \"%\", \"file\": \"a.c\", \"arguments\": [\"%/tool\", \"$(touch %/ran)\", \"-c\", \"a.c\"]}]");
	assert_false(exists(world, "root/ran"));
	make_file(world, "root/tool", "#!/bin/sh\ntouch \"$0.ran\"\n");
	char path[200];
	snprintf(path, sizeof path, "%s/tool", world->root);
	chmod(path, 0777);
	load(world, "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"%/tool -c a.c\"}]");
	assert_false(exists(world, "root/tool.ran"));
	assert_false(exists(world, "root/ran"));
}

/* ---- what fails the whole list ---- */

static void check_malformed(struct world *world, const char *json, size_t length, const char *where)
{
	char expected[300];
	assert_int_equal(load_bytes(world, json, length), ERR_INPUT);
	snprintf(expected, sizeof expected, "%s:%s", world->database, where);
	if (strncmp(world->err.text, expected, strlen(expected)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", world->err.text, expected);
	assert_null(strpbrk(world->err.text, "\n\r"));
}

#define MALFORMED(json, where) check_malformed(world, json, sizeof json - 1, where)

static void test_malformed(void **state)
{
	struct world *world = *state;
	MALFORMED("", "1:1: ");
	MALFORMED(" \n \n", "3:1: ");
	MALFORMED("{}", "1:1: ");
	MALFORMED("null", "1:1: ");
	MALFORMED("[", "1:");
	MALFORMED("[\n{\"file\": \"a.c\",\n \"command\" \"cc\"}]", "3:");
	MALFORMED("[\n\n{\"file\": }]", "3:");
	MALFORMED("[{\"file\": \"a.c\"}", "1:17: ");
	MALFORMED("[{\"file\": \"a.c\"},]", "1:");
	MALFORMED("[{\"file\": \"a.c\"}\n,\n\n  x]", "4:3: ");
	MALFORMED("[{\"file\": \"a.c\"} {\"file\": \"b.c\"}]", "1:18: ");
	MALFORMED("[{\"file\": \"a.c\"}]\n]", "2:1: ");
	MALFORMED("[{\"file\": \"a.c\"}]\0", "1:18: ");
	MALFORMED("[{\"file\": \"a.c", "1:");
	MALFORMED("[\n{\"file\": \"a\nb.c\"}]", "2:");
	MALFORMED("[\n{\"file\": \"a\\u0000b.c\"}]", "2:");
	MALFORMED("[\n\0]", "2:");
	MALFORMED("[\n\xff]", "2:");
	MALFORMED("[1e9999]", "1:");
	/* what was good before does not count */
	MALFORMED("[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -c a.c\"},\n oops]", "2:");
	char deep[100001];
	memset(deep, '[', sizeof deep);
	check_malformed(world, deep, sizeof deep, "1:");
}

static void test_byte_order_mark(void **state)
{
	struct world *world = *state;
	load(world, "\xef\xbb\xbf[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"cc -c a.c\"}]");
	check_list(world, 1);
}

static void test_empty_lists_say_what_to_do(void **state)
{
	struct world *world = *state;
	static const char *const EMPTY[] = {"[]", " [ ] ", "[{}]", "[{\"directory\": \"%\", \"file\": \"gone.c\", \"command\": \"cc\"}]",
					    "[{\"directory\": \"%\", \"file\": \"a.c\", \"command\": \"g++ a.c\"}]"};
	for (size_t i = 0; i < sizeof EMPTY / sizeof *EMPTY; i++) {
		assert_int_equal(load_bytes(world, EMPTY[i], strlen(EMPTY[i])), ERR_INPUT);
		assert_non_null(strstr(world->err.text, world->database));
		assert_non_null(strstr(world->err.text, "--build"));
	}
}

static void test_load(void **state)
{
	struct world *world = *state;
	struct command_list *list = NULL;
	assert_int_equal(commands_load(world->root, world->database, NULL, &list, &world->err), ERR_NOT_FOUND);
	assert_null(list);
	assert_non_null(strstr(world->err.text, world->database));
	make_file(world, "root/build/compile_commands.json", "[{\"directory\": \"..\", \"file\": \"a.c\", \"command\": \"cc\"}, {}]");
	assert_int_equal(commands_load(world->root, world->database, NULL, &world->list, &world->err), 0);
	check_list(world, 1);
	assert_int_not_equal(commands_load("/nowhere/at/all", world->database, NULL, &list, &world->err), 0);
	char file[200];
	snprintf(file, sizeof file, "%s/a.c", world->root);
	assert_int_equal(commands_load(file, world->database, NULL, &list, &world->err), ERR_INPUT); /* no folder */
	assert_null(list);
	command_list_destroy(NULL);
}

/* ---- finding ---- */

static void check_found(struct world *world, const char *explicit_name, const char *expected)
{
	char explicit_path[200], expected_path[200];
	char *path = NULL;
	snprintf(explicit_path, sizeof explicit_path, "%s/%s", world->top, explicit_name ? explicit_name : "");
	snprintf(expected_path, sizeof expected_path, "%s/%s", world->top, expected ? expected : "");
	int result = commands_find(world->root, explicit_name ? explicit_path : NULL, &path, &world->err);
	if (!expected) {
		assert_int_equal(result, ERR_NOT_FOUND);
		assert_null(path);
		return;
	}
	assert_int_equal(result, 0);
	assert_string_equal(path, expected_path);
	free(path);
}

static void set_age(const struct world *world, const char *name, int seconds)
{
	char path[200];
	snprintf(path, sizeof path, "%s/%s", world->top, name);
	struct timespec times[2] = {{.tv_sec = 1000000 - seconds}, {.tv_sec = 1000000 - seconds}};
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_find(void **state)
{
	struct world *world = *state;
	static const char *const PLACES[] = {
		"root/compile_commands.json", "root/build/compile_commands.json", "root/builddir/compile_commands.json",
		"root/out/compile_commands.json", "root/out/debug/compile_commands.json", "root/_build/compile_commands.json",
		"root/cmake-build-debug/compile_commands.json", "root/.build/compile_commands.json",
	};
	size_t count = sizeof PLACES / sizeof *PLACES;
	check_found(world, NULL, NULL);
	for (size_t i = 0; i < count; i++) { /* each newer than those before */
		make_file(world, PLACES[i], "[]");
		set_age(world, PLACES[i], 100 - (int)i);
		check_found(world, NULL, PLACES[i]);
	}
	set_age(world, PLACES[0], 0);
	check_found(world, NULL, PLACES[0]);
	make_file(world, "other/compile_commands.json", "[]");
	make_file(world, "other/my.json", "[]");
	check_found(world, "other", "other/compile_commands.json");
	check_found(world, "other/my.json", "other/my.json");
	check_found(world, "other/none.json", NULL);
	check_found(world, "outside", NULL); /* a folder without one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_one_command),
		TEST(test_directories),
		TEST(test_arguments_and_command_agree),
		TEST(test_unusable_entries_do_not_fail_the_list),
		TEST(test_files_that_are_left_out),
		TEST(test_trials_of_the_compiler),
		TEST(test_response_files),
		TEST(test_strange_names),
		TEST(test_duplicates),
		TEST(test_hash_is_free_of_the_place),
		TEST(test_links),
		TEST(test_nothing_is_run),
		TEST(test_malformed),
		TEST(test_byte_order_mark),
		TEST(test_empty_lists_say_what_to_do),
		TEST(test_load),
		TEST(test_find),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
