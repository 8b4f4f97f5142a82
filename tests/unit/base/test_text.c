/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 hygiene, path arithmetic, globs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

struct pair { const char *in, *out; };

static void test_utf8(void **state)
{
	(void)state;
	static const struct pair cases[] = {
		{"", ""}, {"plain", "plain"}, {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
		{"\xe2\x82\xac", "\xe2\x82\xac"}, {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
		{"\x01\t\n", "\x01\t\n"},                       /* control bytes are left alone */
		{"a\xff", "a\\xff"}, {"\x80z", "\\x80z"},
		{"\xc3", "\\xc3"}, {"\xe2\x82", "\\xe2\\x82"},   /* cut short */
		{"\xc0\xaf", "\\xc0\\xaf"},                      /* overlong */
		{"\xe0\x80\xaf", "\\xe0\\x80\\xaf"}, {"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},             /* a surrogate */
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},    /* past U+10FFFF */
		{"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"}, {"\xed\x9f\xbf", "\xed\x9f\xbf"},
		{"\xee\x80\x80", "\xee\x80\x80"},
		{"\xc3(\xc3\xbc", "\\xc3(\xc3\xbc"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;
		buf_init(&out, BUF_NO_CEILING);
		text_append_utf8(&out, cases[i].in, strlen(cases[i].in));
		assert_string_equal(out.data ? out.data : "", cases[i].out);
		assert_int_equal(text_is_utf8(cases[i].in, strlen(cases[i].in)), strcmp(cases[i].in, cases[i].out) == 0);
		assert_true(text_is_utf8(cases[i].out, strlen(cases[i].out)));
		buf_finish(&out);
	}
	assert_true(text_is_utf8("a\0b", 3));
	assert_int_equal(text_utf8_length("", 0), 0);
	assert_int_equal(text_utf8_length("a", 1), 1);
	assert_int_equal(text_utf8_length("\xe2\x82\xac", 3), 3);
	assert_int_equal(text_utf8_length("\xe2\x82\xac", 2), 0);
	assert_int_equal(text_utf8_length("\xf0\x9f\x98\x80z", 5), 4);
}

static void test_normalise(void **state)
{
	(void)state;
	static const struct pair cases[] = {
		{"", "."}, {".", "."}, {"./", "."}, {"/", "/"}, {"//", "/"}, {"/..", "/"}, {"/../a", "/a"}, {"/.", "/"},
		{"a", "a"}, {"a/", "a"}, {"a/./b//../c", "a/c"}, {"a/..", "."}, {"a/../b", "b"}, {"..", ".."},
		{"../a", "../a"}, {"../..", "../.."}, {"../a/..", ".."}, {"../a/../..", "../.."}, {"a/../..", ".."},
		{"a/b/../../..", ".."}, {"a/b/../../../c", "../c"}, {"/a/b/..", "/a"}, {"/a/..", "/"}, {"//a//b", "/a/b"},
		{"...", "..."}, {"a/.../b", "a/.../b"}, {".a/..b", ".a/..b"}, {"a b/c\nd", "a b/c\nd"}, {"..a/..", "."},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *normal = path_normalise(cases[i].in);
		assert_string_equal(normal, cases[i].out);
		char *again = path_normalise(normal);
		assert_string_equal(again, normal);
		free(again);
		free(normal);
	}
}

static void check_join(const char *base, const char *path, const char *expected)
{
	char *joined = path_join(base, path);
	assert_string_equal(joined, expected);
	free(joined);
}

static void test_join(void **state)
{
	(void)state;
	check_join("/a", "b", "/a/b");
	check_join("/a/", "./b/../c", "/a/c");
	check_join("/a", "/b/./c", "/b/c");
	check_join("a", "..", ".");
	check_join("a/b", "../../..", "..");
	check_join("/", "a", "/a");
	check_join(".", "a", "a");
}

static void check_below(const char *path, const char *root, const char *expected)
{
	const char *below = path_below(path, root);
	if (!expected) {
		assert_null(below);
		return;
	}
	assert_non_null(below);
	assert_string_equal(below, expected);
	assert_true(below >= path && below <= path + strlen(path)); /* borrowed from path */
}

static void test_below(void **state)
{
	(void)state;
	check_below("/a/b/c", "/a", "b/c");
	check_below("/a", "/a", "");
	check_below("/ab", "/a", NULL);
	check_below("/", "/a", NULL);
	check_below("/b/a", "/a", NULL);
	check_below("/a", "/a/b", NULL);
	check_below("/a/b", "/", "a/b");
	check_below("/", "/", "");
}

static void test_basename(void **state)
{
	(void)state;
	assert_string_equal(path_basename("a/b.c"), "b.c");
	assert_string_equal(path_basename("b.c"), "b.c");
	assert_string_equal(path_basename("/"), "");
	assert_string_equal(path_basename("a/"), "");
}

static void test_glob(void **state)
{
	(void)state;
	static const struct { const char *pattern, *path; bool matches; } cases[] = {
		/* one component */
		{"src/*.c", "src/a.c", true}, {"src/*.c", "src/a.h", false}, {"src/*.c", "src/x/a.c", false},
		{"src/*.c", "src/.c", true}, {"src/?.c", "src/a.c", true}, {"src/?.c", "src/ab.c", false},
		{"src?a.c", "src/a.c", false}, {"src/*", "src/", true}, {"src/*", "src", false}, {"*/a", "/a", true},
		{"*/*", "a/b", true}, {"*/*", "a/b/c", false}, {"a/*b*c", "a/xbycbzc", true}, {"a/*b*c", "a/xbyczb", false},
		/* across components */
		{"a/**", "a/b", true}, {"a/**", "a/b/c.d", true}, {"a/**", "a", false}, {"a/**", "ab/c", false},
		{"a/**", "b/a/c", false}, {"**/b", "b", true}, {"**/b", "a/b", true}, {"**/b", "x/y/b", true},
		{"**/b", "ab", false}, {"**/b", "x/ab", false}, {"a/**/b", "a/b", true}, {"a/**/b", "a/x/b", true},
		{"a/**/b", "a/x/y/b", true}, {"a/**/b", "ab", false}, {"a/**/b", "a/xb", false},
		{"a**/b", "ab", false}, {"a**/b", "a/b", true}, {"a**/b", "ax/y/b", true},
		{"a/**.c", "a/b/c.c", true}, {"a/**.c", "a/b/c.h", false}, {"**/x/**", "a/x/b", true},
		{"**/x/**", "a/y/b", false}, {"a/**/*.c", "a/b.c", true}, {"a/**/*.c", "a/b/c/d.c", true},
		{"a/**/*.c", "a/b/c/d.h", false}, {"**/*_test/*.c", "a_test/b_test/c.c", true},
		{"a/***/b", "a/x/b", true},
		/* whole paths */
		{"a/b", "a/b", true}, {"a/b", "a/bc", false}, {"a/b", "x/a/b", false}, {"a/b/", "a/b", false},
		/* no slash: any path's last component */
		{"*.c", "a/b/x.c", true}, {"*.c", "x.c", true}, {"x", "a/x", true}, {"x", "x/a", false}, {"**", "a/b", true},
		{"x.c", "a/yx.c", false}, {"?", "a/b", true}, {"", "a/b", false}, {"", "", true}, {"", "a/", true},
		/* classes */
		{"a/[bc]", "a/b", true}, {"a/[bc]", "a/d", false}, {"a/[!bc]", "a/d", true}, {"a/[^bc]", "a/b", false},
		{"a/[a-f]x", "a/ex", true}, {"a/[a-f]x", "a/gx", false}, {"a/[]]", "a/]", true}, {"a/[!]]", "a/]", false},
		{"a/[a-]", "a/-", true}, {"a[!b]c", "a/c", false}, {"a/b[!x]c", "a/b/c", false},
		{"a/[b", "a/[b", true}, {"a/[b", "a/b", false}, {"a/[", "a/[", true},
		/* every other character is itself */
		{"a/b c", "a/b c", true}, {"a/{b,c}", "a/b", false}, {"a/b.c", "a/bxc", false}, {"a/\xff*", "a/\xff\xfe", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (glob_match(cases[i].pattern, cases[i].path) != cases[i].matches)
			fail_msg("\"%s\" against \"%s\": expected %d", cases[i].pattern, cases[i].path, cases[i].matches);
}

/* Patterns come with the codebase: many stars must not cost exponential time. */
static void test_glob_cost_is_bounded(void **state)
{
	(void)state;
	char path[3000], pattern[400];
	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	for (int kind = 0; kind < 3; kind++) {
		static const char *const PIECES[] = {"*a", "**a", "**/"};
		size_t length = strlen(PIECES[kind]), used = 0;
		if (kind == 2)
			for (size_t i = 1; i < sizeof path - 1; i += 2)
				path[i] = '/';
		for (int i = 0; i < 60; i++, used += length)
			memcpy(pattern + used, PIECES[kind], length);
		strcpy(pattern + used, "b");
		clock_t start = clock();
		assert_false(glob_match(pattern, path));
		assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1.0);
		/* and a long pattern is still right */
		pattern[used] = kind == 2 ? 'a' : '*';
		assert_true(glob_match(pattern, path));
	}
	/* many components under many stars */
	char deep[2000] = "", stars[2000] = "";
	for (int i = 0; i < 200; i++) {
		strcat(deep, "d/");
		strcat(stars, "*/");
	}
	strcat(deep, "f");
	strcat(stars, "f");
	assert_true(glob_match(stars, deep));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_basename),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_glob_cost_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
