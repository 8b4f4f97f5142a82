/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commits bound to files through renames, and their sums, worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "analysis/file_history.h"

#define DAY 86400
enum { OLD, NEWER, NOW_A, OTHER, GONE };
static const char *const STRINGS[] = {[OLD] = "a_old.c", [NEWER] = "a_older.c", [NOW_A] = "b.c", [OTHER] = "c.c", [GONE] = "d.c"};

/* Newest first: b.c was a_old.c, which was a_older.c before; d.c is no more. The last two come from a branch, on which b.c still
 * bore its oldest name. */
static const struct history_change CHANGES[] = {
	{NOW_A, HISTORY_NONE, 1, 1}, {OTHER, HISTORY_NONE, 5, 0}, /* both in one commit */
	{NOW_A, OLD, 0, 0},                                        /* renamed */
	{GONE, HISTORY_NONE, 9, 9}, {OLD, HISTORY_NONE, 2, 2},
	{NEWER, HISTORY_NONE, 4, 0},                               /* before its own rename, by the clock */
	{OLD, NEWER, 0, 0},
};
static const struct history_commit COMMITS[] = {
	{.id = 1, .time = 1000 * DAY, .author = 0, .files = 2, .first = 0, .count = 2},
	{.id = 2, .time = 990 * DAY, .author = 1, .files = 1, .first = 2, .count = 1},
	{.id = 3, .time = 900 * DAY, .author = 1, .is_fix = true, .files = 2, .first = 3, .count = 2},
	{.id = 4, .time = 800 * DAY, .author = 0, .files = 1, .first = 5, .count = 1},
	{.id = 5, .time = 500 * DAY, .author = 0, .files = 1, .first = 6, .count = 1},
};
static const uint32_t AUTHORS[] = {1, 2};
static const struct history HISTORY = {.head_time = 1000 * DAY, .window_days = 731, .strings = (const char **)STRINGS, .string_count = 5,
	.authors = AUTHORS, .author_count = 2, .commits = COMMITS, .commit_count = 5, .changes = CHANGES, .change_count = 7};

static void test_renames_and_sums(void **state)
{
	(void)state;
	static const char *const files[] = {"b.c", "c.c"};
	static const uint32_t domain_of[] = {0, 1};
	struct file_history bound;
	struct past of_file[2], of_domain[2];
	file_history_bind(&HISTORY, files, 2, &bound);
	assert_int_equal(bound.count, 6); /* all but d.c's */
	for (size_t i = 0; i < bound.count; i++)
		assert_int_equal(bound.changes[i].file, bound.changes[i].commit == 0 && i == 1 ? 1 : 0);
	file_history_sum(&HISTORY, &bound, domain_of, 2, 2, of_file, of_domain);
	assert_true(of_file[0].commits == 4); /* the last is 500 days old */
	assert_true(of_file[0].fixes == 1);
	assert_true(of_file[0].authors == 2);
	assert_true(of_file[0].lines_changed == 2 + 0 + 4 + 4);
	assert_true(of_file[0].across == 1 && of_file[1].across == 1);
	double recent = 1 + pow(0.5, 10 / 365.0) + 2 * pow(0.5, 100 / 365.0) + pow(0.5, 200 / 365.0) + pow(0.5, 500 / 365.0);
	assert_true(fabs(of_file[0].recent - recent) < 1e-12);
	assert_true(of_domain[1].commits == 1 && of_domain[1].lines_changed == 5 && of_domain[0].commits == 4);
	file_history_finish(&bound);
}

/* A commit of a hundred and one files counts nowhere. */
static void test_bulk(void **state)
{
	(void)state;
	struct history history = HISTORY;
	struct history_commit commits[] = {{.id = 1, .time = 1000 * DAY, .files = 101, .first = 0, .count = HISTORY_BULK + 1}};
	struct history_change *changes = calloc(HISTORY_BULK + 1, sizeof *changes);
	const char **strings = calloc(HISTORY_BULK + 1, sizeof *strings);
	uint32_t *domain_of = calloc(HISTORY_BULK + 1, sizeof *domain_of);
	struct past *of_file = calloc(HISTORY_BULK + 1, sizeof *of_file), of_domain[1];
	static char names[HISTORY_BULK + 1][8];
	for (uint32_t i = 0; i <= HISTORY_BULK; i++) {
		names[i][0] = 'f';
		names[i][1] = (char)('0' + i / 100);
		names[i][2] = (char)('0' + i / 10 % 10);
		names[i][3] = (char)('0' + i % 10);
		strings[i] = names[i];
		changes[i] = (struct history_change){i, HISTORY_NONE, 1, 1};
	}
	history.strings = strings;
	history.string_count = HISTORY_BULK + 1;
	history.commits = commits;
	history.commit_count = 1;
	history.changes = changes;
	history.change_count = HISTORY_BULK + 1;
	struct file_history bound;
	file_history_bind(&history, strings, HISTORY_BULK + 1, &bound);
	assert_int_equal(bound.count, HISTORY_BULK + 1);
	file_history_sum(&history, &bound, domain_of, HISTORY_BULK + 1, 1, of_file, of_domain);
	assert_true(of_file[5].commits == 0 && of_file[5].recent == 0 && of_file[5].authors == 0 && of_domain[0].commits == 0);
	file_history_finish(&bound);
	free(changes);
	free(strings);
	free(domain_of);
	free(of_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_renames_and_sums), cmocka_unit_test(test_bulk)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
