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
	struct graph graph;
	struct domains_result domains;
	struct domain domain;
	struct file_dependency *dependencies;
	size_t count;
	struct debt_result *debt;
};

static void make(struct made *made, uint32_t files, size_t room)
{
	*made = (struct made){.graph.file_count = files, .domain = {.name = "all", .files = files, .cohesion = 1, .exclusivity = 1}};
	made->graph.files = calloc(files, sizeof *made->graph.files);
	made->domains = (struct domains_result){.domains = &made->domain, .count = 1};
	made->domains.domain_of = calloc(files, sizeof *made->domains.domain_of);
	made->dependencies = calloc(room + 1, sizeof *made->dependencies);
	for (uint32_t i = 0; i < files; i++) {
		char *path = malloc(16);
		snprintf(path, 16, "f%06u.c", i);
		made->graph.files[i] = (struct graph_file){.path = path, .lines = 10, .code_lines = 10};
	}
}

static void depend(struct made *made, uint32_t from, uint32_t to, enum dependency_kind kind)
{
	made->dependencies[made->count++] = (struct file_dependency){from, to, (uint8_t)kind, 1};
}

static double metric(const struct made *made, const char *scope, const char *subject, const char *name)
{
	for (size_t i = 0; i < made->debt->metric_count; i++) {
		const struct debt_metric *row = &made->debt->metrics[i];
		if (!strcmp(row->scope, scope) && !strcmp(row->subject, subject) && !strcmp(row->metric, name))
			return row->value;
	}
	fail_msg("no metric %s of %s %s", name, scope, subject);
	return NAN;
}

static void unmake(struct made *made)
{
	debt_result_destroy(made->debt);
	for (uint32_t i = 0; i < made->graph.file_count; i++)
		free((char *)made->graph.files[i].path);
	free(made->graph.files);
	free(made->domains.domain_of);
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
	debt_compute(&made.graph, made.dependencies, made.count, &made.domains, &made.debt);
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
	debt_compute(&made.graph, made.dependencies, made.count, &made.domains, &made.debt);
	assert_true(metric(&made, "codebase", "", "ccd") == 3 + 3 + 3 + 4 + 1 + 1);
	assert_true(metric(&made, "codebase", "", "cycle_groups") == 1);
	assert_true(metric(&made, "codebase", "", "largest_cycle") == 3);
	assert_true(fabs(metric(&made, "codebase", "", "relative_cyclicity") - 100 * sqrt(9) / 6) < 1e-12);
	assert_true(metric(&made, "file", "f000000.c", "fan_in") == 2);
	assert_true(metric(&made, "file", "f000003.c", "cycle_size") == 0);
	assert_true(metric(&made, "file", "f000002.c", "cycle_size") == 3);
	unmake(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_chain), cmocka_unit_test(test_ring)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
