/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/trend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/target.h"
#include "cmd/terminal.h"
#include "reports/trend.h"

#define SERIES 5 /* columns of the query behind name and date, in its order */

static const struct trend_series shapes[SERIES] = {
	{.title = "Size", .remark = "lines of code", .is_count = true},
	{.title = "Domains", .remark = "parts that hold together", .is_count = true},
	{.title = "Debt", .remark = "0 none to 100", .lower_is_better = true},
	{.title = "Dependency cycles", .remark = "groups of files that need each other", .is_count = true, .lower_is_better = true},
	{.title = "Largest cycle", .remark = "files in it", .is_count = true, .lower_is_better = true},
};

/* Fills title, releases and series, made in arena, from the releases whose name matches the glob (NULL: all), by date.
 * ERR_NOT_FOUND: none does. */
static int trend_read(struct model *model, const char *glob, struct arena *arena, struct trend *out, struct err *err)
{
	struct trend_release *releases = NULL;
	double *values[SERIES] = {0};
	size_t count = 0, release_capacity = 0, capacities[SERIES] = {0};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(model, "report_trend", &glob, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(&releases, &release_capacity, count + 1, sizeof *releases);
		releases[count] = (struct trend_release){arena_strdup(arena, rows_text(rows, 0, NULL)), arena_strdup(arena, rows_text(rows, 1, NULL))};
		for (size_t s = 0; s < SERIES; s++) {
			mem_grow(&values[s], &capacities[s], count + 1, sizeof *values[s]);
			values[s][count] = rows_type(rows, s + 2) == VALUE_NULL ? NAN : rows_real(rows, s + 2);
		}
		count++;
	}
	rows_close(rows);
	if (!result && !count)
		result = err_set(err, ERR_NOT_FOUND, glob ? "no release matches \"%s\"; 'sightline releases' lists them" : "there is no release yet: "
				 "'sightline scan' makes one%s, 'sightline replay' many", glob ? glob : "");
	char *title = NULL;
	if (!result)
		result = model_codebase(model, &title, err);
	if (!result) {
		struct trend_series *series = arena_zalloc(arena, SERIES, sizeof *series);
		struct trend_release *kept = arena_alloc(arena, count * sizeof *kept);
		for (size_t i = 0; i < count; i++)
			kept[i] = releases[i];
		for (size_t s = 0; s < SERIES; s++) {
			double *own = arena_alloc(arena, count * sizeof *own);
			for (size_t i = 0; i < count; i++)
				own[i] = values[s][i];
			series[s] = shapes[s];
			series[s].values = own;
		}
		*out = (struct trend){.title = arena_strdup(arena, *title ? title : "codebase"), .releases = kept, .release_count = count,
				      .series = series, .series_count = SERIES};
	}
	free(title);
	free(releases);
	for (size_t s = 0; s < SERIES; s++)
		free(values[s]);
	return result;
}

static int write_trend(const struct trend *trend, const char *path, struct err *err)
{
	struct target target;
	int result = target_open(&target, path, err);
	if (result)
		return result;
	struct report_output output = {target_write, target.stream};
	if (report_trend_svg(trend, &output) || fflush(target.stream))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path ? path : "the output");
	return target_close(&target, result, err);
}

int trend_report(const struct options *options, struct session *session, const char *path, struct err *err)
{
	struct arena *arena = arena_create();
	struct trend trend;
	int result = model_open(session->database, MODEL_READ, &session->model, err);
	if (!result)
		result = trend_read(session->model, options_value(options, "release"), arena, &trend, err);
	if (!result)
		result = write_trend(&trend, path, err);
	if (!result && path && strcmp(path, "-") && !session->quiet)
		terminal_print(stderr, "sightline: wrote ", path, "\n");
	if (!result && trend.release_count == 1 && !session->quiet)
		fprintf(stderr, "sightline: one release is no trend yet: 'sightline replay --last 10' scans the last tags\n");
	arena_destroy(arena);
	session_finish(session);
	return result;
}
