/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Debt on graphs whose numbers can be worked out on paper. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/debt.h"

struct made {
	struct debt_input input;
	struct debt_domain domains[2];
	struct file_dependency *dependencies;
	size_t count;
	struct debt_result *debt;
};

/* All in one domain; its name is "all". */
static void make(struct made *made, uint32_t files, size_t room)
{
	*made = (struct made){.domains = {{.name = "all", .exclusivity = 1}, {.name = "other", .exclusivity = 1}}};
	made->input = (struct debt_input){.files = calloc(files, sizeof *made->input.files), .file_count = files, .domain_count = 1};
	made->dependencies = calloc(room + 1, sizeof *made->dependencies);
	for (uint32_t i = 0; i < files; i++) {
		char *path = malloc(16);
		snprintf(path, 16, "f%06u.c", i);
		made->input.files[i] = (struct debt_file){.path = path, .code_lines = 10};
	}
}

static void compute(struct made *made)
{
	debt_result_destroy(made->debt);
	made->input.domains = made->domains;
	made->input.dependencies = made->dependencies;
	made->input.dependency_count = made->count;
	debt_measure(&made->input, &made->debt);
	debt_judge(&made->input, made->debt);
	debt_tell_measured(&made->input, made->debt);
	debt_tell_judged(&made->input, made->debt);
}

static void depend(struct made *made, uint32_t from, uint32_t to, enum dependency_kind kind)
{
	made->dependencies[made->count++] = (struct file_dependency){from, to, (uint8_t)kind, 1};
}

static double metric(const struct made *made, const char *scope, const char *subject, const char *name)
{
	for (size_t i = 0; i < made->debt->metric_count + made->debt->score_count; i++) {
		const struct debt_metric *row = i < made->debt->metric_count ? &made->debt->metrics[i]
									     : &made->debt->scores[i - made->debt->metric_count];
		if (!strcmp(row->scope, scope) && !strcmp(row->subject, subject) && !strcmp(row->metric, name))
			return row->value;
	}
	fail_msg("no metric %s of %s %s", name, scope, subject);
	return NAN;
}

static void unmake(struct made *made)
{
	debt_result_destroy(made->debt);
	for (uint32_t i = 0; i < made->input.file_count; i++)
		free((char *)made->input.files[i].path);
	free(made->input.files);
	free(made->dependencies);
}

/* Longer than one block of the reach computation: file i depends on i - 1, so it reaches i + 1 files. */
static void test_chain(void **state)
{
	(void)state;
	const uint32_t n = 9001;
	struct made made;
	make(&made, n, n);
	for (uint32_t i = 1; i < n; i++)
		depend(&made, i, i - 1, DEPENDENCY_CALL);
	compute(&made);
	double ccd = (double)n * (n + 1) / 2;
	assert_true(metric(&made, "codebase", "", "ccd") == ccd);
	assert_true(fabs(metric(&made, "codebase", "", "propagation_cost") - ccd / ((double)n * n)) < 1e-12);
	assert_true(metric(&made, "codebase", "", "relative_cyclicity") == 0);
	assert_true(metric(&made, "file", "f000000.c", "reach") == 1);
	assert_true(metric(&made, "file", "f004097.c", "reach") == 4098);
	assert_true(metric(&made, "file", "f009000.c", "reach") == 9001);
	unmake(&made);
}

/* A ring of three, one file that uses it, one that only includes it and one that only calls through a pointer. */
static void test_ring(void **state)
{
	(void)state;
	struct made made;
	make(&made, 6, 8);
	depend(&made, 0, 1, DEPENDENCY_CALL);
	depend(&made, 1, 2, DEPENDENCY_TYPE);
	depend(&made, 2, 0, DEPENDENCY_READ);
	depend(&made, 3, 0, DEPENDENCY_MACRO);
	depend(&made, 4, 0, DEPENDENCY_INCLUDE);
	depend(&made, 5, 0, DEPENDENCY_INDIRECT);
	compute(&made);
	assert_true(metric(&made, "codebase", "", "ccd") == 3 + 3 + 3 + 4 + 1 + 1);
	assert_true(metric(&made, "codebase", "", "cycle_groups") == 1);
	assert_true(metric(&made, "codebase", "", "largest_cycle") == 3);
	assert_true(fabs(metric(&made, "codebase", "", "relative_cyclicity") - 100 * sqrt(9) / 6) < 1e-12);
	assert_true(metric(&made, "file", "f000000.c", "fan_in") == 2);
	assert_true(metric(&made, "file", "f000003.c", "cycle_size") == 0);
	assert_true(metric(&made, "file", "f000002.c", "cycle_size") == 3);
	unmake(&made);
}

/* Two files: one of 90 lines with 150 of cognitive complexity and four hours of findings, one of 10 with nothing. Worked out by hand
 * from the formulas that debt --explain prints. */
static void test_vector(void **state)
{
	(void)state;
	struct made made;
	make(&made, 2, 2);
	made.input.files[0].code_lines = 90;
	made.input.files[0].cognitive_sum = 150;
	made.input.files[0].findings_minutes = 240;
	depend(&made, 0, 1, DEPENDENCY_CALL);
	compute(&made);
	assert_true(fabs(metric(&made, "file", "f000000.c", "debt_smells") - 50) < 1e-9);          /* a half and a half */
	assert_true(fabs(metric(&made, "file", "f000000.c", "debt_entanglement") - 50.0 / 11) < 1e-9); /* 50 * 1 / (1 + 10) */
	assert_true(fabs(metric(&made, "file", "f000000.c", "debt_reach") - 100.0 / 51) < 1e-9);
	assert_true(metric(&made, "file", "f000000.c", "debt_modularity") == 0);
	double size = 1.4 * 90 / 190 * (1 - 0.75 * 90 / 2090);
	double structure = (0.15 * 50 / 11 + 0.05 * 100 / 51 + 0.2 * 50) / 0.45;
	assert_true(fabs(metric(&made, "file", "f000000.c", "debt_score") - structure * size) < 1e-9); /* no history: structure alone */
	assert_true(metric(&made, "file", "f000001.c", "debt_score") == 0);
	assert_true(fabs(metric(&made, "codebase", "", "debt_smells") - 45) < 1e-9);
	made.input.has_history = true;
	made.input.files[0].past = (struct past){.commits = 4, .recent = 10, .lines_changed = 400};
	compute(&made);
	assert_true(fabs(metric(&made, "file", "f000000.c", "debt_interest") - 50) < 1e-9);
	assert_true(fabs(metric(&made, "file", "f000000.c", "debt_score") - (0.45 * structure + 27.5) * size) < 1e-9);
	assert_true(fabs(metric(&made, "file", "f000000.c", "interest_hours") - 100 * (pow(2, structure / 50 - 1) - 0.5)) < 1e-9);
	unmake(&made);
}

/* What a change does is what the same graph without it says. */
static void test_changes(void **state)
{
	(void)state;
	struct made made;
	make(&made, 4, 8);
	made.input.domain_count = 2;
	made.input.files[2].domain = made.input.files[3].domain = 1;
	made.input.files[1].findings_minutes = 30;
	depend(&made, 0, 1, DEPENDENCY_CALL);
	depend(&made, 1, 0, DEPENDENCY_CALL);
	depend(&made, 1, 2, DEPENDENCY_CALL);
	depend(&made, 2, 3, DEPENDENCY_CALL);
	depend(&made, 3, 1, DEPENDENCY_CALL);
	compute(&made);
	assert_int_equal(made.debt->largest_cycle, 4);
	assert_int_equal(made.debt->cycle_of_domain[0], 2);
	double before = made.debt->codebase.score;

	struct debt_changed changed;
	struct debt_result *after;
	struct debt_change cuts[] = {{DEBT_CUT_DOMAINS, 1, 0}};
	debt_apply(&made.input, cuts, 1, NULL, 0, &changed);
	assert_int_equal(changed.input.dependency_count, 4);
	debt_measure(&changed.input, &after);
	debt_judge(&changed.input, after);
	assert_int_equal(after->largest_cycle, 2);
	assert_int_equal(after->cycle_of_domain[0], 0);
	assert_true(after->codebase.score < before);
	debt_result_destroy(after);
	debt_changed_finish(&changed);

	struct debt_change move = {DEBT_MOVE, 3, 2};
	const char *fresh[] = {"fresh"};
	debt_apply(&made.input, &move, 1, fresh, 1, &changed);
	assert_int_equal(changed.input.domain_count, 3);
	assert_int_equal(changed.input.files[3].domain, 2);
	assert_int_equal(made.input.files[3].domain, 1); /* what it was made of stays */
	debt_changed_finish(&changed);

	uint32_t file = 1;
	double minutes = 30, foreseen = debt_without_findings(&made.input, made.debt, &file, &minutes, 1);
	made.input.files[1].findings_minutes = 0;
	compute(&made);
	assert_true(fabs(made.debt->codebase.score - before - foreseen) < 1e-9);
	assert_true(foreseen < 0);
	unmake(&made);
}

/* foo.c and foo.h are one; foo.bar.c and foo-x.c are others. */
static void test_modules(void **state)
{
	(void)state;
	struct debt_file files[] = {{.path = "foo-x.c"}, {.path = "foo.bar.c"}, {.path = "foo.c"}, {.path = "foo.h"}, {.path = "foo.z.h"}, {.path = "sub/foo.c"}};
	struct debt_input input = {.files = files, .file_count = 6};
	uint32_t first, count;
	debt_module_of(&input, 3, &first, &count);
	assert_int_equal(first, 2);
	assert_int_equal(count, 2);
	debt_module_of(&input, 1, &first, &count);
	assert_int_equal(count, 1);
	assert_int_equal(debt_find_file(&input, "foo.h"), 3);
	assert_int_equal(debt_find_file(&input, "foo"), GRAPH_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_chain), cmocka_unit_test(test_ring), cmocka_unit_test(test_vector),
					   cmocka_unit_test(test_changes), cmocka_unit_test(test_modules)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
