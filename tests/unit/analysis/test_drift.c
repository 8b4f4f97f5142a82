/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matching and judging of what two releases differ in: assignments against every one there is, types and signatures worked out on
 * paper, and small codebases put together by hand. tests/programs/drift.py plants the same in real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/assignment.h"
#include "analysis/drift.h"
#include "analysis/drift_layout.h"
#include "facts/facts.h"
#include "facts/fingerprint.h"

/* ---- assignments ---- */

#define MOST 6

static double best_of_all(uint32_t row, uint32_t rows, uint32_t columns, double weight[MOST][MOST], unsigned taken)
{
	if (row == rows)
		return 0;
	double best = best_of_all(row + 1, rows, columns, weight, taken);
	for (uint32_t c = 0; c < columns; c++)
		if (!(taken >> c & 1) && weight[row][c] > 0) {
			double sum = weight[row][c] + best_of_all(row + 1, rows, columns, weight, taken | 1u << c);
			best = sum > best ? sum : best;
		}
	return best;
}

static void test_an_assignment_is_the_best_there_is(void **state)
{
	(void)state;
	uint64_t seed = 7;
	for (unsigned round = 0; round < 500; round++) {
		double weight[MOST][MOST] = {{0}}, sum = 0;
		struct assignment_pair pairs[MOST * MOST];
		uint32_t column_of[MOST], rows = 1 + round % MOST, columns = 1 + round / MOST % MOST, count = 0;
		for (uint32_t r = 0; r < rows; r++)
			for (uint32_t c = 0; c < columns; c++) {
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				if (seed >> 62)
					continue;
				weight[r][c] = 1 + (double)(seed >> 40 & 63);
				pairs[count++] = (struct assignment_pair){r, c, weight[r][c]};
			}
		assignment_best(rows, columns, pairs, count, column_of);
		unsigned taken = 0;
		for (uint32_t r = 0; r < rows; r++) {
			if (column_of[r] == ASSIGNMENT_NONE)
				continue;
			assert_true(column_of[r] < columns && weight[r][column_of[r]] > 0);
			assert_false(taken >> column_of[r] & 1);
			taken |= 1u << column_of[r];
			sum += weight[r][column_of[r]];
		}
		assert_true(sum == best_of_all(0, rows, columns, weight, 0));
	}
}

/* ---- types and signatures ---- */

static void test_what_a_changed_type_means_to_its_users(void **state)
{
	(void)state;
	static const struct { const char *kind, *before, *after; enum layout_change change; } cases[] = {
		{"struct", "x\tint\ny\tint\n", "x\tint\ny\tint\n", LAYOUT_SAME},
		{"struct", "x\tint\ny\tint\n", "x\tint\ny\tint\nz\tint\n", LAYOUT_GROWN},
		{"struct", "x\tint\ny\tint\n", "x\tint\nz\tint\ny\tint\n", LAYOUT_BREAKING},
		{"struct", "x\tint\ny\tint\n", "y\tint\nx\tint\n", LAYOUT_BREAKING},
		{"struct", "x\tint\ny\tint\n", "x\tlong\ny\tint\n", LAYOUT_BREAKING},
		{"struct", "x\tint\ny\tint\n", "x\tint\n", LAYOUT_BREAKING},
		{"union", "x\tint\ny\tlong\n", "y\tlong\nx\tint\n", LAYOUT_SAME},
		{"union", "x\tint\n", "y\tlong\nx\tint\n", LAYOUT_GROWN},
		{"enum", "A\t0\nB\t1\n", "A\t0\nB\t1\nC\t2\n", LAYOUT_COMPATIBLE},
		{"enum", "A\t0\nB\t1\n", "B\t1\nA\t0\n", LAYOUT_SAME},
		{"enum", "A\t0\nB\t1\n", "A\t0\nC\t1\nB\t2\n", LAYOUT_BREAKING},
		{"typedef", "\tint\n", "\tlong\n", LAYOUT_BREAKING},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char said[200];
		assert_int_equal(layout_compare(cases[i].kind, cases[i].before, cases[i].after, said, sizeof said), cases[i].change);
		assert_int_equal(*said != 0, cases[i].change != LAYOUT_SAME);
	}
}

static void test_which_signatures_take_what_the_old_one_took(void **state)
{
	(void)state;
	static const struct { const char *before, *after; bool compatible; } cases[] = {
		{"int (int)", "int (int)", true},
		{"int (char *)", "int (const char *)", true},
		{"int (const char *)", "int (char *)", false},
		{"int (int)", "int (long)", false},
		{"int (int)", "int (int, int)", false},
		{"int (int)", "int (int, ...)", false},
		{"void (int)", "int (int)", true},
		{"int (int)", "void (int)", false},
		{"void (void (*)(char *, int))", "void (void (*)(const char *, int))", false},
		{"void (void (*)(int, int), int)", "void (void (*)(int, int), int)", true},
		{"char **(int)", "char *(int)", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(signature_is_compatible(cases[i].before, cases[i].after), cases[i].compatible);
}

/* ---- small codebases ---- */

static uint32_t add_file(struct drift_input *in, const char *path, uint8_t sides, uint32_t domain)
{
	*DRIFT_ADD(in, files) = (struct drift_file){.path = path, .sides = sides, .domain = {domain, domain}, .code_lines = {20, 20},
						    .git_before = DRIFT_NONE};
	return (uint32_t)in->files_count - 1;
}

static uint32_t add_function(struct drift_input *in, const char *name, uint32_t file, uint8_t sides)
{
	uint32_t symbol = (uint32_t)in->symbols_count;
	*DRIFT_ADD(in, symbols) = (struct drift_symbol){SYMBOL_FUNCTION, name, ""};
	*DRIFT_ADD(in, functions) = (struct drift_function){.symbol = symbol, .file = file, .sides = sides, .is_reachable = true, .line = 3,
		.parameters = 1, .cyclomatic = 2, .cognitive = 1, .code_lines = 12, .signature = "int (int)"};
	return symbol;
}

static void add_domain(struct drift_input *in, unsigned side, const char *name)
{
	mem_grow(&in->domains[side], &in->domain_capacity[side], in->domain_count[side] + 1, sizeof *in->domains[side]);
	in->domains[side][in->domain_count[side]++] = (struct drift_domain){name, false, -1, -1};
}

static void start(struct drift_input *in, const char *const *domains)
{
	*in = (struct drift_input){.releases = {{.name = "old", .units = 2, .analysis = ""}, {.name = "new", .units = 2, .analysis = ""}}};
	for (; *domains; domains++) {
		add_domain(in, 0, *domains);
		add_domain(in, 1, *domains);
	}
}

static const struct drift_event *find(const struct drift *drift, enum drift_kind kind)
{
	for (size_t i = 0; i < drift->count; i++)
		if (drift->events[i].kind == kind)
			return &drift->events[i];
	return NULL;
}

#define BOTH (DRIFT_IN_OLD | DRIFT_IN_NEW)
static const char *const two_domains[] = {"app", "core", NULL};

static void test_a_call_that_runs_now(void **state)
{
	(void)state;
	struct drift_input in;
	start(&in, two_domains);
	in.releases[0].observations = in.releases[1].observations = 1;
	uint32_t a = add_function(&in, "a", add_file(&in, "a.c", BOTH, 0), BOTH);
	uint32_t b = add_function(&in, "b", add_file(&in, "b.c", BOTH, 1), BOTH);
	uint32_t c = add_function(&in, "c", 1, BOTH);
	/* a -> b is in the source of both and runs now; b -> c ran before, only more often now. */
	*DRIFT_ADD(&in, calls) = (struct drift_call){a, b, DRIFT_IN_NEW, 5, 7};
	*DRIFT_ADD(&in, calls) = (struct drift_call){b, c, DRIFT_IN_OLD, 6, 1};
	*DRIFT_ADD(&in, calls) = (struct drift_call){b, c, DRIFT_IN_NEW, 6, 9};
	struct drift *drift = drift_compare(&in);
	assert_int_equal(drift->count, 1);
	const struct drift_event *event = find(drift, DRIFT_CALL_OBSERVED);
	assert_non_null(event);
	assert_string_equal(event->subject, "a -> b");
	assert_string_equal(event->file, "a.c");
	assert_int_equal(event->severity, DRIFT_MINOR); /* from one domain to another */
	drift_destroy(drift);
	/* Where only one release was traced, what runs says nothing. */
	in.releases[0].observations = 0;
	drift = drift_compare(&in);
	assert_int_equal(drift->count, 0);
	assert_int_equal(drift->note_count, 1);
	assert_non_null(strstr(drift->notes[0], "only new was traced"));
	drift_destroy(drift);
	drift_input_finish(&in);
}

static void test_a_flow_that_is_gone(void **state)
{
	(void)state;
	struct drift_input in;
	start(&in, two_domains);
	in.releases[0].observations = in.releases[1].observations = 1;
	uint32_t a = add_function(&in, "a", add_file(&in, "a.c", BOTH, 0), BOTH);
	uint32_t b = add_function(&in, "b", add_file(&in, "b.c", BOTH, 1), BOTH);
	*DRIFT_ADD(&in, entries) = (struct drift_entry){a, DRIFT_IN_OLD, "thread", 4};
	*DRIFT_ADD(&in, entries) = (struct drift_entry){a, DRIFT_IN_NEW, "thread", 0};
	*DRIFT_ADD(&in, entries) = (struct drift_entry){b, DRIFT_IN_OLD, "signal", 1};
	*DRIFT_ADD(&in, entries) = (struct drift_entry){b, DRIFT_IN_NEW, "signal", 2};
	struct drift *drift = drift_compare(&in);
	assert_int_equal(drift->count, 1);
	assert_non_null(find(drift, DRIFT_FLOW_GONE));
	assert_string_equal(drift->events[0].subject, "thread a");
	drift_destroy(drift);
	drift_input_finish(&in);
}

/* Two files in domains of their own; that of "core" goes by another name in the newer release. */
static void start_with_a_move(struct drift_input *in, const char *now, uint32_t *old, uint32_t *new)
{
	start(in, two_domains);
	add_file(in, "main.c", BOTH, 0);
	*old = add_file(in, "store.c", DRIFT_IN_OLD, 1);
	*new = add_file(in, now, DRIFT_IN_NEW, 1);
}

/* A renamed file takes its functions and its domain with it, by what git says or by what is in it. */
static void test_a_rename_is_no_removal(void **state)
{
	(void)state;
	for (unsigned by_git = 0; by_git < 2; by_git++) {
		struct drift_input in;
		uint32_t old, new;
		start_with_a_move(&in, "lib/keep.c", &old, &new);
		for (unsigned i = 0; i < 4; i++) {
			static const char *const names[] = {"put", "get", "drop", "list"};
			uint32_t symbol = add_function(&in, names[i], old, DRIFT_IN_OLD);
			struct drift_function now = in.functions[in.functions_count - 1];
			assert_int_equal(now.symbol, symbol);
			now.file = new;
			now.sides = DRIFT_IN_NEW;
			*DRIFT_ADD(&in, functions) = now;
		}
		in.files[new].git_before = by_git ? old : DRIFT_NONE;
		struct drift *drift = drift_compare(&in);
		assert_int_equal(drift->file_now[old], new);
		assert_int_equal(drift->count, 1);
		assert_int_equal(drift->events[0].kind, DRIFT_FILE_RENAMED);
		assert_string_equal(drift->events[0].subject, "lib/keep.c");
		assert_int_equal(drift->functions_added, 0);
		assert_int_equal(drift->functions_removed, 0);
		drift_destroy(drift);
		drift_input_finish(&in);
	}
}

static void test_a_finding_goes_with_its_file(void **state)
{
	(void)state;
	struct drift_input in;
	uint32_t old, new;
	start_with_a_move(&in, "keep.c", &old, &new);
	in.files[new].git_before = old;
	*DRIFT_ADD(&in, findings) = (struct drift_finding){DRIFT_IN_OLD, "V006", "major", "velocity", "core", "store.c", "store.c", "large", "f1", 1};
	*DRIFT_ADD(&in, findings) = (struct drift_finding){DRIFT_IN_NEW, "V006", "major", "velocity", "core", "keep.c", "keep.c", "large", "f2", 1};
	struct drift *drift = drift_compare(&in);
	assert_null(find(drift, DRIFT_FINDING_ADDED));
	assert_null(find(drift, DRIFT_FINDING_FIXED));
	drift_destroy(drift);
	/* One that was not there before is news, wherever its file came from. */
	in.findings[0].rule = "V007";
	drift = drift_compare(&in);
	assert_string_equal(find(drift, DRIFT_FINDING_ADDED)->fingerprint, "f2");
	assert_non_null(find(drift, DRIFT_FINDING_FIXED));
	drift_destroy(drift);
	drift_input_finish(&in);
}

/* A rule that tells something by its subject alone has one fingerprint for it wherever it lies. */
static void test_a_finding_that_lies_elsewhere_is_the_same(void **state)
{
	(void)state;
	struct drift_input in;
	start(&in, two_domains);
	add_file(&in, "a.c", BOTH, 0);
	add_file(&in, "b.c", BOTH, 1);
	*DRIFT_ADD(&in, findings) = (struct drift_finding){DRIFT_IN_OLD, "V009", "minor", "velocity", "core", "a.c", "getenv HOME", "read here", "f1", 1};
	*DRIFT_ADD(&in, findings) = (struct drift_finding){DRIFT_IN_NEW, "V009", "minor", "velocity", "core", "b.c", "getenv HOME", "read here", "f1", 9};
	struct drift *drift = drift_compare(&in);
	assert_int_equal(drift->count, 0);
	drift_destroy(drift);
	in.findings[1].fingerprint = "f2";
	drift = drift_compare(&in);
	assert_int_equal(drift->count, 2);
	drift_destroy(drift);
	drift_input_finish(&in);
}

static bool has_alias(const struct drift *drift, const char *before, const char *now)
{
	for (size_t i = 0; i < drift->alias_count; i++)
		if (!strcmp(drift->aliases[i].before, before) && !strcmp(drift->aliases[i].now, now))
			return true;
	return false;
}

/* What a baseline accepted by the older name is told with the newer one: of what both have, and of what is new. */
static void test_an_older_fingerprint_is_told(void **state)
{
	(void)state;
	struct drift_input in;
	uint32_t old, new;
	char hex[HASH_HEX_LENGTH + 1];
	start_with_a_move(&in, "keep.c", &old, &new);
	in.files[new].git_before = old;
	*DRIFT_ADD(&in, findings) = (struct drift_finding){DRIFT_IN_OLD, "V006", "major", "velocity", "core", "store.c", "store.c", "large", "f1", 1};
	*DRIFT_ADD(&in, findings) = (struct drift_finding){DRIFT_IN_NEW, "V006", "major", "velocity", "core", "keep.c", "keep.c", "large", "f2", 1};
	*DRIFT_ADD(&in, findings) = (struct drift_finding){DRIFT_IN_NEW, "X002", "major", "security", "core", "keep.c", "put calls strcpy", "", "f3", 1};
	struct drift *drift = drift_compare(&in);
	assert_true(has_alias(drift, "f1", "f2"));
	fingerprint_of_finding("X002", "store.c", "put calls strcpy", hex);
	assert_true(has_alias(drift, hex, "f3"));
	drift_destroy(drift);
	drift_input_finish(&in);
}

/* A file without debt that goes leaves the mean of the others, which is no rise. */
static void test_clean_code_that_goes_is_no_debt(void **state)
{
	(void)state;
	struct drift_input in;
	start(&in, two_domains);
	uint32_t stays = add_file(&in, "bad.c", BOTH, 0), goes = add_file(&in, "clean.c", DRIFT_IN_OLD, 0);
	add_file(&in, "other.c", BOTH, 1);
	in.files[stays].code_lines[0] = in.files[stays].code_lines[1] = in.files[goes].code_lines[0] = 100;
	in.domains[0][0].debt = 20;
	in.domains[1][0].debt = 40;
	*DRIFT_ADD(&in, metrics) = (struct drift_metric){0, "file", "clean.c", "debt_structure", 0};
	struct drift *drift = drift_compare(&in);
	assert_null(find(drift, DRIFT_DEBT_UP));
	drift_destroy(drift);
	/* What rises beyond that is one; and so is all of it where the file that went was no better than the rest. */
	in.domains[1][0].debt = 44;
	drift = drift_compare(&in);
	assert_non_null(find(drift, DRIFT_DEBT_UP));
	drift_destroy(drift);
	in.domains[1][0].debt = 40;
	in.metrics[0].value = 20;
	drift = drift_compare(&in);
	assert_non_null(find(drift, DRIFT_DEBT_UP));
	drift_destroy(drift);
	drift_input_finish(&in);
}

/* The cause of a rise is what rose. */
static void test_a_cause_goes_the_way_of_the_debt(void **state)
{
	(void)state;
	struct drift_input in;
	start(&in, two_domains);
	add_file(&in, "a.c", BOTH, 0);
	add_file(&in, "b.c", BOTH, 1);
	in.domains[0][0].debt = 20;
	in.domains[1][0].debt = 30;
	for (uint8_t side = 0; side < 2; side++) {
		*DRIFT_ADD(&in, metrics) = (struct drift_metric){side, "file", "a.c", "debt_structure", side ? 30 : 20};
		*DRIFT_ADD(&in, metrics) = (struct drift_metric){side, "file", "a.c", "cyclomatic_sum", side ? 3 : 9};
		*DRIFT_ADD(&in, metrics) = (struct drift_metric){side, "file", "a.c", "debt_smells", side ? 15 : 5};
	}
	struct drift *drift = drift_compare(&in);
	const struct drift_event *event = find(drift, DRIFT_DEBT_UP);
	assert_non_null(event);
	assert_string_equal(event->evidence[0].symbol, "debt 20 to 30: smells 5 to 15");
	drift_destroy(drift);
	drift_input_finish(&in);
}

/* Where one of the two does not compile, what is told gone may be there. */
static void test_errors_on_one_side_are_told(void **state)
{
	(void)state;
	struct drift_input in;
	start(&in, two_domains);
	in.releases[0].units = in.releases[1].units = 9;
	in.releases[0].units_partial = in.releases[1].units_partial = 2;
	struct drift *drift = drift_compare(&in);
	assert_int_equal(drift->note_count, 0);
	drift_destroy(drift);
	in.releases[1].units_partial = 3;
	drift = drift_compare(&in);
	assert_int_equal(drift->note_count, 1);
	assert_non_null(strstr(drift->notes[0], "3 of 9 units"));
	drift_destroy(drift);
	drift_input_finish(&in);
}

/* The score's interest is the past's, not the structure's. */
static void test_debt_is_the_structures(void **state)
{
	(void)state;
	struct drift_input in;
	start(&in, two_domains);
	add_file(&in, "a.c", BOTH, 0);
	add_file(&in, "b.c", BOTH, 1);
	for (uint8_t side = 0; side < 2; side++) {
		*DRIFT_ADD(&in, metrics) = (struct drift_metric){side, "codebase", "", "debt_score", side ? 60 : 40};
		*DRIFT_ADD(&in, metrics) = (struct drift_metric){side, "codebase", "", "debt_structure", 50};
	}
	struct drift *drift = drift_compare(&in);
	assert_int_equal(drift->count, 0);
	drift_destroy(drift);
	in.metrics[3].value = 57;
	drift = drift_compare(&in);
	assert_int_equal(drift->count, 1);
	assert_int_equal(drift->events[0].kind, DRIFT_DEBT_UP);
	assert_int_equal(drift->events[0].severity, DRIFT_MAJOR);
	drift_destroy(drift);
	drift_input_finish(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_assignment_is_the_best_there_is),
		cmocka_unit_test(test_what_a_changed_type_means_to_its_users),
		cmocka_unit_test(test_which_signatures_take_what_the_old_one_took),
		cmocka_unit_test(test_a_call_that_runs_now),
		cmocka_unit_test(test_a_flow_that_is_gone),
		cmocka_unit_test(test_a_rename_is_no_removal),
		cmocka_unit_test(test_a_finding_goes_with_its_file),
		cmocka_unit_test(test_a_finding_that_lies_elsewhere_is_the_same),
		cmocka_unit_test(test_an_older_fingerprint_is_told),
		cmocka_unit_test(test_clean_code_that_goes_is_no_debt),
		cmocka_unit_test(test_a_cause_goes_the_way_of_the_debt),
		cmocka_unit_test(test_errors_on_one_side_are_told),
		cmocka_unit_test(test_debt_is_the_structures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
