/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splitting shell words and expanding @files, without running or expanding anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extract/words.h"

static char folder[] = "/tmp/sightline-words-XXXXXX";

static void check_words(const struct words *words, const char *const *expected)
{
	size_t count = 0;
	for (; expected[count]; count++) {
		assert_true(count < words->count);
		assert_string_equal(words->items[count], expected[count]);
	}
	assert_int_equal(words->count, count);
	if (count)
		assert_null(words->items[count]);
}

static void check_split(const char *text, const char *const *expected)
{
	struct words words = {0};
	struct arena *arena = arena_create();
	struct err err = {0};
	if (words_split(&words, arena, text, &err) != 0)
		fail_msg("%s: %s", text, err.text);
	check_words(&words, expected);
	words_finish(&words);
	arena_destroy(arena);
}

#define SPLIT(text, ...) check_split(text, (const char *[]){__VA_ARGS__ __VA_OPT__(,) NULL})

static void test_split(void **state)
{
	(void)state;
	SPLIT("");
	SPLIT(" \t\n");
	SPLIT("cc -c a.c", "cc", "-c", "a.c");
	SPLIT("  a\t\tb\nc\r\n", "a", "b", "c");
	SPLIT("'a b' \"c d\"", "a b", "c d");
	SPLIT("a\\ b", "a b");
	SPLIT("''", "");
	SPLIT("a '' \"\" b", "a", "", "", "b");
	SPLIT("-D'X=\"y z\"'", "-DX=\"y z\"");
	SPLIT("-DX=\\\"y\\\"", "-DX=\"y\"");
	SPLIT("\"a\\\"b\\\\c\\$d\\`e\"", "a\"b\\c$d`e");
	SPLIT("\"a\\nb\"", "a\\nb");          /* only what must be quoted can be, within double quotes */
	SPLIT("'a\\nb'", "a\\nb");
	SPLIT("\"it's\" 'say \"hi\"'", "it's", "say \"hi\"");
	SPLIT("a\"b\"'c'd", "abcd");
	SPLIT("a\\\nb", "ab");                  /* a continued line */
	SPLIT("a \\\n b", "a", "b");
	SPLIT("\"a\nb\"", "a\nb");
	SPLIT("$HOME `x` $(y) * ? ; & | > # ~ {a,b}", "$HOME", "`x`", "$(y)", "*", "?", ";", "&", "|", ">", "#", "~",
	      "{a,b}");
	SPLIT("\xff\xfe", "\xff\xfe");
}

static void test_open_quotes(void **state)
{
	(void)state;
	static const char *const texts[] = {"'", "\"", "a 'b", "a \"b", "\"a\\\"", "'a\\'b'"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct words words = {0};
		struct arena *arena = arena_create();
		struct err err = {0};
		assert_int_equal(words_split(&words, arena, texts[i], &err), ERR_INPUT);
		assert_int_equal(err.code, ERR_INPUT);
		words_finish(&words);
		arena_destroy(arena);
	}
}

static void test_split_appends(void **state)
{
	(void)state;
	struct words words = {0};
	struct arena *arena = arena_create();
	words_add(&words, "first");
	assert_int_equal(words_split(&words, arena, "second third", NULL), 0);
	check_words(&words, (const char *[]){"first", "second", "third", NULL});
	words_finish(&words);
	assert_int_equal(words.count, 0);
	arena_destroy(arena);
}

/* ---- response files ---- */

static void write_file(const char *name, const char *text)
{
	char path[300];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int expand(const char *word, struct words *words, struct arena *arena, struct err *err)
{
	return words_add_expanded(words, arena, folder, word, err);
}

static void check_expand(const char *word, const char *const *expected)
{
	struct words words = {0};
	struct arena *arena = arena_create();
	struct err err = {0};
	if (expand(word, &words, arena, &err) != 0)
		fail_msg("%s: %s", word, err.text);
	check_words(&words, expected);
	words_finish(&words);
	arena_destroy(arena);
}

#define EXPAND(word, ...) check_expand(word, (const char *[]){__VA_ARGS__ __VA_OPT__(,) NULL})

static void test_response_files(void **state)
{
	(void)state;
	char absolute[300];
	mkdir(strcat(strcpy(absolute, folder), "/sub"), 0777);
	write_file("flags", "-I 'a b'\n-DX=1\n");
	write_file("nested", "-c @flags x.c");
	write_file("sub/in", "@flags");   /* relative to the directory, not to the file */
	write_file("empty", "");
	EXPAND("plain", "plain");
	EXPAND("", "");
	EXPAND("@", "@");
	EXPAND("a@flags", "a@flags");
	EXPAND("@flags", "-I", "a b", "-DX=1");
	EXPAND("@nested", "-c", "-I", "a b", "-DX=1", "x.c");
	EXPAND("@sub/in", "-I", "a b", "-DX=1");
	EXPAND("@empty");
	EXPAND("@none", "@none");                /* as compilers do */
	EXPAND("@sub", "@sub");                  /* a folder */
	EXPAND("@/dev/zero", "@/dev/zero");      /* must not be read */
	snprintf(absolute, sizeof absolute, "@%s/flags", folder);
	EXPAND(absolute, "-I", "a b", "-DX=1");
}

static void test_fifo_does_not_block(void **state)
{
	(void)state;
	char path[300];
	snprintf(path, sizeof path, "%s/fifo", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	EXPAND("@fifo", "@fifo");
}

static int refused_with(const char *word, struct err *err)
{
	struct words words = {0};
	struct arena *arena = arena_create();
	int result = expand(word, &words, arena, err);
	words_finish(&words);
	arena_destroy(arena);
	return result;
}

static void test_response_files_are_bounded(void **state)
{
	(void)state;
	struct err err = {0};
	write_file("self", "-a @self");
	assert_int_equal(refused_with("@self", &err), ERR_LIMIT);
	assert_int_equal(err.code, ERR_LIMIT);
	/* 8 deep is allowed, 9 is not */
	write_file("d1", "x");
	for (int i = 2; i <= 9; i++) {
		char name[10], text[10];
		snprintf(name, sizeof name, "d%d", i);
		snprintf(text, sizeof text, "@d%d", i - 1);
		write_file(name, text);
	}
	EXPAND("@d8", "x");
	assert_int_equal(refused_with("@d9", &err), ERR_LIMIT);
	/* breadth: ten files of ten files of ten files */
	write_file("w1", "@empty @empty @empty @empty @empty @empty @empty @empty @empty @empty");
	write_file("w2", "@w1 @w1 @w1 @w1 @w1 @w1 @w1 @w1 @w1 @w1");
	write_file("w3", "@w2 @w2 @w2 @w2 @w2 @w2 @w2 @w2 @w2 @w2");
	EXPAND("@w2");
	assert_int_equal(refused_with("@w3", &err), ERR_LIMIT);
	write_file("open", "-D'X");
	err = (struct err){0};
	assert_int_equal(refused_with("@open", &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "open"));
}

static void test_size_is_bounded(void **state)
{
	(void)state;
	struct err err = {0};
	size_t length = ((size_t)16 << 20) + 1;
	char *text = malloc(length + 1);
	memset(text, 'x', length);
	text[length] = '\0';
	write_file("large", text);
	assert_int_equal(refused_with("@large", &err), ERR_LIMIT);
	for (size_t i = 0; i < length; i += 2)
		text[i] = ' ';
	text[length - 1] = '\0'; /* 8 Mi words */
	write_file("many", text);
	assert_int_equal(refused_with("@many", &err), ERR_LIMIT);
	struct words words = {0};
	struct arena *arena = arena_create();
	assert_int_equal(words_split(&words, arena, text, &err), ERR_LIMIT);
	words_finish(&words);
	arena_destroy(arena);
	free(text);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[300];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_open_quotes),
		cmocka_unit_test(test_split_appends),
		cmocka_unit_test(test_response_files),
		cmocka_unit_test(test_fifo_does_not_block),
		cmocka_unit_test(test_response_files_are_bounded),
		cmocka_unit_test(test_size_is_bounded),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
