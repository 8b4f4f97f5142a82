/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves over releases, read back by an XML parser of another ecosystem (trend_check.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/trend.h"

static int write_file(void *context, const void *bytes, size_t length)
{
	return fwrite(bytes, 1, length, context) == length ? 0 : -1;
}

static int refuse(void *context, const void *bytes, size_t length)
{
	(void)bytes;
	(void)length;
	++*(int *)context;
	return -7;
}

/* Draws count releases with names and values that are hostile and odd, and has python check what came out. */
static void draw(size_t count, const char *what)
{
	struct trend_release *releases = calloc(count, sizeof *releases);
	double *rising = calloc(count, sizeof *rising), *holes = calloc(count, sizeof *holes), *flat = calloc(count, sizeof *flat);
	char (*names)[64] = calloc(count, sizeof *names);
	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof names[i], i == 1 ? "<script>\"&'\x1b\xff" : "v%zu.0-a-name-that-is-rather-long", i);
		releases[i] = (struct trend_release){names[i], i % 2 ? "2024-01-09" : ""};
		rising[i] = 20000 + 1000 * (double)i;
		holes[i] = i % 3 == 1 ? NAN : 50 - 0.5 * (double)i;
		flat[i] = 5;
	}
	const struct trend_series series[] = {
		{.title = "Rising", .values = rising, .is_count = true},
		{.title = "<Holes>", .remark = "a & b", .values = holes, .lower_is_better = true},
		{.title = "Flat", .values = flat, .is_count = true},
	};
	struct trend trend = {.title = "a <codebase> & \"more\"", .releases = releases, .release_count = count, .series = series, .series_count = 3};
	char path[] = "/tmp/sightline-trend-XXXXXX", command[400];
	int file = mkstemp(path);
	assert_true(file >= 0);
	FILE *stream = fdopen(file, "w");
	struct report_output output = {write_file, stream};
	assert_int_equal(report_trend_svg(&trend, &output), 0);
	fclose(stream);
	snprintf(command, sizeof command, "python3 '%s' '%s' %zu", TREND_CHECK, path, count);
	if (system(command) != 0)
		fail_msg("%s: %s", what, command);
	remove(path);
	int calls = 0;
	struct report_output refusing = {refuse, &calls};
	assert_int_equal(report_trend_svg(&trend, &refusing), -7);
	assert_int_equal(calls, 1);
	free(releases);
	free(rising);
	free(holes);
	free(flat);
	free(names);
}

static void one_release_is_a_point(void **state) { (void)state; draw(1, "one"); }
static void three_releases_are_curves(void **state) { (void)state; draw(3, "three"); }
static void sixty_releases_stay_legible(void **state) { (void)state; draw(60, "sixty"); }
static void so_do_six_hundred(void **state) { (void)state; draw(600, "six hundred"); }

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_release_is_a_point), cmocka_unit_test(three_releases_are_curves),
					   cmocka_unit_test(sixty_releases_stay_legible), cmocka_unit_test(so_do_six_hundred)};
	return cmocka_run_group_tests_name("reports/trend", tests, NULL, NULL);
}
