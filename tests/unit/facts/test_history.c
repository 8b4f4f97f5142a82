/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histories: bytes there and back, all others refused; and which messages say that a commit mends something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "facts/history.h"

static const char *const PATHS[] = {"a.c", "dir/b.h", "gr\xc3\xbc\xc3\x9f.c"};
static const uint32_t AUTHORS[] = {7, 4000000000u};
static const struct history_change CHANGES[] = {{0, HISTORY_NONE, 3, 1}, {2, 1, 0, 0}, {1, HISTORY_NONE, 12345, 0}};
static const struct history_commit COMMITS[] = {
	{.id = UINT64_C(0x8000000000000000), .time = 1000, .author = 1, .is_fix = true, .files = 9, .first = 0, .count = 2},
	{.id = 1, .time = -5, .author = 0, .files = 1, .first = 2, .count = 1},
	{.id = UINT64_MAX, .time = 2000, .author = 0, .files = 0, .first = 3, .count = 0},
};
static const struct history SAMPLE = {.head_time = 1500, .window_days = 731, .place = UINT32_MAX, .is_cut = true, .unreadable = 2,
	.strings = (const char **)PATHS, .string_count = 3, .authors = AUTHORS, .author_count = 2, .commits = COMMITS, .commit_count = 3,
	.changes = CHANGES, .change_count = 3};

static void encode(struct buf *out)
{
	buf_init(out, BUF_NO_CEILING);
	history_encode(&SAMPLE, out);
}

static void test_there_and_back(void **state)
{
	(void)state;
	struct buf bytes, again;
	struct history history;
	struct err err = {0};
	struct arena *arena = arena_create();
	encode(&bytes);
	assert_int_equal(history_decode(bytes.data, bytes.length, arena, &history, &err), 0);
	assert_int_equal(history.head_time, 1500);
	assert_true(history.is_cut && !history.is_shallow);
	assert_int_equal(history.commit_count, 3);
	assert_true(history.commits[0].id == COMMITS[0].id && history.commits[0].is_fix && history.commits[1].time == -5);
	assert_int_equal(history.changes[1].old_path, 1);
	assert_string_equal(history.strings[history.changes[2].path], "dir/b.h");
	buf_init(&again, BUF_NO_CEILING);
	history_encode(&history, &again);
	assert_int_equal(again.length, bytes.length);
	assert_memory_equal(again.data, bytes.data, bytes.length);
	buf_finish(&bytes);
	buf_finish(&again);
	arena_destroy(arena);
}

/* Cut short anywhere, or with any byte changed: refused, or the one spelling of what it then says. */
static void test_broken_bytes(void **state)
{
	(void)state;
	struct buf bytes;
	encode(&bytes);
	for (size_t at = 0; at < bytes.length; at++)
		for (unsigned value = 0; value < 257; value++) {
			size_t length = value == 256 ? at : bytes.length;
			unsigned char *copy = malloc(length ? length : 1); /* exactly that size: a sanitizer sees a step past it */
			memcpy(copy, bytes.data, length);
			if (value < 256)
				copy[at] = (unsigned char)value;
			struct history history;
			struct err err = {0};
			struct arena *arena = arena_create();
			int result = history_decode(copy, length, arena, &history, &err);
			if (!result) {
				struct buf again;
				buf_init(&again, BUF_NO_CEILING);
				history_encode(&history, &again);
				assert_int_equal(again.length, length);
				assert_memory_equal(again.data, copy, length);
				buf_finish(&again);
			} else {
				assert_int_equal(result, ERR_INPUT);
				assert_true(err.text[0]);
			}
			free(copy);
			arena_destroy(arena);
		}
	buf_finish(&bytes);
}

static void test_fixes(void **state)
{
	(void)state;
	static const char *const yes[] = {"Fix the count", "net: fixed a leak", "Bugfix", "Avoid CRASH on exit", "\nfix", "Tidy\n\nFixes: 1234",
					  "Tidy\n\nlong text\nfixes #12", "a regression in b"};
	static const char *const no[] = {"", "Prefix names", "Add a fixture", "Debugging aid", "Tidy\n\nthis fixes nothing", "suffix", "crashpad",
					 "Fix_all is renamed", "prefixes: x"};
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!history_is_fix(yes[i]))
			fail_msg("\"%s\" mends something", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (history_is_fix(no[i]))
			fail_msg("\"%s\" mends nothing", no[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_broken_bytes),
					   cmocka_unit_test(test_fixes)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
