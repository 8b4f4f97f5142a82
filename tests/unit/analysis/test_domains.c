/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domain discovery on made-up codebases: what wins over what, and that nothing depends on the order of the input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domains.h"

#define MOST_FILES 400
#define MOST_ROWS 8000

/* A codebase is files, sorted by path as the graph promises, and dependencies between them. */
struct codebase {
	struct graph graph;
	struct graph_file files[MOST_FILES];
	char paths[MOST_FILES][80];
	struct file_dependency rows[MOST_ROWS];
	size_t row_count;
	struct domains_options options;
};

static struct codebase *make(void)
{
	struct codebase *made = calloc(1, sizeof *made);
	assert_non_null(made);
	made->graph.files = made->files;
	return made;
}

__attribute__((format(printf, 3, 4)))
static uint32_t add_file(struct codebase *codebase, uint32_t lines, const char *format, ...)
{
	uint32_t index = codebase->graph.file_count++;
	va_list arguments;
	assert_true(index < MOST_FILES);
	va_start(arguments, format);
	vsnprintf(codebase->paths[index], sizeof codebase->paths[index], format, arguments);
	va_end(arguments);
	size_t length = strlen(codebase->paths[index]);
	if (index)
		assert_true(strcmp(codebase->paths[index - 1], codebase->paths[index]) < 0);
	codebase->files[index] = (struct graph_file){.path = codebase->paths[index], .lines = lines, .code_lines = lines,
						     .is_header = codebase->paths[index][length - 1] == 'h'};
	return index;
}

static void add_call(struct codebase *codebase, uint32_t from, uint32_t to, float weight)
{
	assert_true(codebase->row_count < MOST_ROWS);
	if (from != to)
		codebase->rows[codebase->row_count++] = (struct file_dependency){from, to, DEPENDENCY_CALL, weight};
}

/* Every file of a range calls some others of the range: a dense cluster. */
static void add_cluster(struct codebase *codebase, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t step = 1; step <= 4; step++)
			add_call(codebase, first + i, first + (i * 3 + step * 5) % count, (float)(1 + (i + step) % 4));
}

static struct domains_result *discover(const struct codebase *codebase)
{
	struct domains_result *result = NULL;
	struct err err = {0};
	if (domains_discover(&codebase->graph, codebase->rows, codebase->row_count, NULL, 0, &codebase->options, &result,
			     &err))
		fail_msg("%s", err.text);
	return result;
}

static const char *domain_name(const struct domains_result *result, uint32_t file)
{
	return result->domains[result->domain_of[file]].name;
}

static void assert_sound(const struct codebase *codebase, const struct domains_result *result)
{
	uint32_t files = 0;
	for (uint32_t i = 0; i < result->count; i++) {
		assert_true(result->domains[i].files > 0);
		assert_true(*result->domains[i].name);
		if (i)
			assert_true(strcmp(result->domains[i - 1].name, result->domains[i].name) < 0);
		files += result->domains[i].files;
	}
	assert_int_equal(files, codebase->graph.file_count);
}

/* A flat folder of two clusters of 30 files, one utility that all use, and a large program in one file. */
static struct codebase *make_flat(void)
{
	struct codebase *made = make();
	for (uint32_t i = 0; i < 30; i++)
		add_file(made, 200, "src/a%02u_parser.c", i);
	for (uint32_t i = 0; i < 30; i++)
		add_file(made, 200, "src/b%02u_socket.c", i);
	add_cluster(made, 0, 30);
	add_cluster(made, 30, 30);
	for (uint32_t i = 0; i < 3; i++)
		add_file(made, 300, "src/u%02u_string.c", i);
	for (uint32_t i = 0; i < 60; i++)
		for (uint32_t utility = 60; utility < 63; utility++)
			add_call(made, i, utility, 5);
	add_call(made, 3, 35, 1);
	return made;
}

static void test_two_clusters_are_told_apart(void **state)
{
	struct codebase *codebase = make_flat();
	struct domains_result *result = discover(codebase);
	(void)state;
	assert_sound(codebase, result);
	for (uint32_t a = 0; a < 30; a++)
		for (uint32_t b = 30; b < 60; b++)
			assert_int_not_equal(result->domain_of[a], result->domain_of[b]);
	assert_true(result->count <= 12);
	domains_result_destroy(result);
	free(codebase);
}

static void test_utilities_stand_apart(void **state)
{
	struct codebase *codebase = make_flat();
	struct domains_result *result = discover(codebase);
	(void)state;
	for (uint32_t utility = 60; utility < 63; utility++)
		assert_string_equal(domain_name(result, utility), "common");
	for (uint32_t i = 0; i < 60; i++)
		assert_string_not_equal(domain_name(result, i), "common");
	domains_result_destroy(result);
	free(codebase);
}

static void test_declared_globs_win(void **state)
{
	static const char *const first[] = {"src/a0*"}, *const second[] = {"src/*_parser.c", "deps/**"};
	static const struct domain_declaration declared[] = {{"early", first, 1}, {"parsing", second, 2}};
	struct codebase *codebase = make();
	(void)state;
	uint32_t vendored = add_file(codebase, 10, "deps/zlib/inflate.c");
	for (uint32_t i = 0; i < 30; i++)
		add_file(codebase, 200, "src/a%02u_parser.c", i);
	uint32_t free_file = add_file(codebase, 10, "src/socket.c");
	add_cluster(codebase, 1, 30);
	codebase->options = (struct domains_options){.declared = declared, .declared_count = 2};
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	assert_string_equal(domain_name(result, vendored), "parsing");
	assert_string_equal(domain_name(result, 1), "early");
	assert_string_equal(domain_name(result, 10), "early");
	assert_string_equal(domain_name(result, 11), "parsing");
	assert_string_not_equal(domain_name(result, free_file), "parsing");
	for (uint32_t i = 0; i < result->count; i++)
		assert_int_equal(result->domains[i].is_declared, !strcmp(result->domains[i].name, "early") ||
								 !strcmp(result->domains[i].name, "parsing"));
	domains_result_destroy(result);
	free(codebase);
}

/* The rows in any order give the same domains: sums of weights do not depend on it. */
static void test_order_of_dependencies_does_not_matter(void **state)
{
	struct codebase *codebase = make_flat();
	struct domains_result *sorted = discover(codebase);
	uint64_t random = 7;
	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (size_t i = codebase->row_count - 1; i > 0; i--) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			size_t other = (size_t)(random >> 33) % (i + 1);
			struct file_dependency swapped = codebase->rows[i];
			codebase->rows[i] = codebase->rows[other];
			codebase->rows[other] = swapped;
		}
		struct domains_result *shuffled = discover(codebase);
		assert_int_equal(shuffled->count, sorted->count);
		assert_int_equal(shuffled->link_count, sorted->link_count);
		for (uint32_t i = 0; i < sorted->count; i++)
			assert_string_equal(shuffled->domains[i].name, sorted->domains[i].name);
		assert_memory_equal(shuffled->domain_of, sorted->domain_of,
				    codebase->graph.file_count * sizeof *sorted->domain_of);
		domains_result_destroy(shuffled);
	}
	domains_result_destroy(sorted);
	free(codebase);
}

static void test_previous_labels_are_kept(void **state)
{
	struct codebase *codebase = make_flat();
	const char *previous[MOST_FILES] = {0};
	(void)state;
	for (uint32_t i = 0; i < 60; i++)
		previous[i] = i < 30 ? "reading" : "sending"; /* no name that would be found */
	for (uint32_t i = 60; i < 63; i++)
		previous[i] = "common";
	previous[10] = NULL; /* a new file */
	codebase->options.previous = previous;
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	assert_true(result->is_kept);
	assert_int_equal(result->count, 3);
	for (uint32_t i = 0; i < 63; i++)
		assert_string_equal(domain_name(result, i), i < 30 ? "reading" : i < 60 ? "sending" : "common");
	domains_result_destroy(result);

	for (uint32_t i = 20; i < 63; i++)
		previous[i] = NULL; /* too little is known: found anew */
	result = discover(codebase);
	assert_false(result->is_kept);
	domains_result_destroy(result);
	free(codebase);
}

/* What a release found is found again from it, to the last file. */
static void test_an_unchanged_tree_moves_nothing(void **state)
{
	struct codebase *codebase = make_flat();
	const char *previous[MOST_FILES] = {0};
	(void)state;
	struct domains_result *first = discover(codebase);
	for (uint32_t i = 0; i < 63; i++)
		previous[i] = domain_name(first, i);
	codebase->options.previous = previous;
	for (unsigned seed = 0; seed < 5; seed++) {
		codebase->options.seed = seed;
		struct domains_result *again = discover(codebase);
		for (uint32_t i = 0; i < 63; i++)
			assert_string_equal(domain_name(again, i), previous[i]);
		domains_result_destroy(again);
	}
	domains_result_destroy(first);
	free(codebase);
}

/* What became of the domain that a file is in, and of which it was. */
static void assert_change(const struct domains_result *result, uint32_t file, const char *change, const char *before)
{
	const struct domain *domain = &result->domains[result->domain_of[file]];
	assert_string_equal(domain->change, change);
	if (before)
		assert_string_equal(domain->before, before);
	else
		assert_null(domain->before);
}

/* Two clusters of 30 that were one domain: the larger part, or the first of two, goes on under its name; the other one tells of
 * which it was, with a name of its own. */
static void test_a_split_is_told(void **state)
{
	struct codebase *codebase = make_flat();
	const char *previous[MOST_FILES] = {0};
	(void)state;
	for (uint32_t i = 0; i < 63; i++)
		previous[i] = "whole";
	codebase->options.previous = previous;
	codebase->options.wanted = 2; /* found anew: what was is not kept */
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	assert_string_not_equal(domain_name(result, 0), domain_name(result, 30));
	bool first_goes_on = !strcmp(domain_name(result, 0), "whole");
	assert_true(first_goes_on || !strcmp(domain_name(result, 30), "whole"));
	assert_change(result, first_goes_on ? 0 : 30, "kept", "whole");
	assert_change(result, first_goes_on ? 30 : 0, "split", "whole");
	domains_result_destroy(result);
	free(codebase);
}

/* One cluster that was two domains goes on under the name of the larger one, and is told as merged; the other cluster is kept. */
static void test_a_merger_is_told(void **state)
{
	struct codebase *codebase = make_flat();
	const char *previous[MOST_FILES] = {0};
	(void)state;
	for (uint32_t i = 0; i < 60; i++)
		previous[i] = i < 18 ? "reading" : i < 30 ? "lexing" : "sending";
	codebase->options.previous = previous;
	codebase->options.wanted = 2;
	struct domains_result *result = discover(codebase);
	for (uint32_t i = 0; i < 30; i++)
		assert_string_equal(domain_name(result, i), "reading");
	assert_change(result, 0, "merged", "reading");
	assert_change(result, 30, "kept", "sending");
	domains_result_destroy(result);
	free(codebase);
}

/* Files that nobody knew and that belong together are born as domains, though the others are kept; a few that went over to
 * another domain are neither a split nor a merger. */
static void test_a_birth_is_told(void **state)
{
	struct codebase *codebase = make_flat();
	const char *previous[MOST_FILES] = {0};
	(void)state;
	for (uint32_t i = 0; i < 30; i++)
		add_file(codebase, 200, "src/x%02u_crypto.c", i);
	add_cluster(codebase, 63, 30);
	for (uint32_t i = 0; i < 63; i++)
		previous[i] = i < 30 ? "reading" : i < 60 ? "sending" : "common";
	codebase->options.previous = previous;
	struct domains_result *result = discover(codebase);
	assert_true(result->is_kept);
	for (uint32_t i = 63; i < 93; i++)
		assert_change(result, i, "born", NULL);
	assert_change(result, 0, "kept", "reading");
	assert_change(result, 30, "kept", "sending");
	domains_result_destroy(result);

	codebase->options.wanted = 3; /* found anew */
	for (uint32_t i = 60; i < 93; i++)
		previous[i] = "other";
	for (uint32_t i = 0; i < 4; i++)
		previous[i] = "sending";
	result = discover(codebase);
	assert_change(result, 0, "kept", "reading");
	assert_change(result, 30, "kept", "sending");
	domains_result_destroy(result);
	free(codebase);
}

/* Runs tie what the source does not: two halves of one cluster, each of which runs see to work with files of another. */
static void test_runs_tie(void **state)
{
	struct codebase *codebase = make();
	struct weighted_edge observed[240];
	(void)state;
	for (uint32_t i = 0; i < 40; i++)
		add_file(codebase, 200, "src/%c%02u.c", "gkpv"[i / 10], i);
	for (uint32_t part = 0; part < 4; part++)
		add_cluster(codebase, part * 10, 10);
	codebase->options.wanted = 2;
	for (uint32_t partner = 1; partner < 4; partner++) {
		size_t count = 0; /* the first part works with this one, the other two with each other */
		uint32_t other = partner == 1 ? 2 : 1, last = 6 - partner - other;
		for (uint32_t i = 0; i < 10; i++)
			for (uint32_t k = 0; k < 6; k++) {
				uint32_t to = (i + k) % 10;
				observed[count++] = (struct weighted_edge){i, partner * 10 + to, 1};
				observed[count++] = (struct weighted_edge){other * 10 + i, last * 10 + to, 1};
			}
		codebase->options.observed = observed;
		codebase->options.observed_count = count;
		codebase->options.observed_weight = 0.3;
		codebase->options.without = 0;
		struct domains_result *result = discover(codebase);
		assert_int_equal(result->count, 2);
		assert_string_equal(domain_name(result, 0), domain_name(result, partner * 10));
		assert_string_equal(domain_name(result, other * 10), domain_name(result, last * 10));
		assert_string_not_equal(domain_name(result, 0), domain_name(result, other * 10));
		assert_true(result->reasons[0].shares[DOMAIN_OBSERVED] > 0);
		domains_result_destroy(result);
		codebase->options.without = 1u << DOMAIN_OBSERVED;
		result = discover(codebase);
		assert_true(result->reasons[0].shares[DOMAIN_OBSERVED] == 0);
		domains_result_destroy(result);
	}
	free(codebase);
}

static void test_threads_change_nothing(void **state)
{
	struct codebase *codebase = make_flat();
	(void)state;
	struct domains_result *one = discover(codebase);
	codebase->options.threads = 4;
	struct domains_result *four = discover(codebase);
	assert_int_equal(one->count, four->count);
	assert_memory_equal(one->domain_of, four->domain_of, codebase->graph.file_count * sizeof *one->domain_of);
	for (uint32_t i = 0; i < codebase->graph.file_count; i++)
		assert_true(one->reasons[i].certainty == four->reasons[i].certainty);
	domains_result_destroy(one);
	domains_result_destroy(four);
	free(codebase);
}

static void assert_same(const struct codebase *codebase, const struct domains_result *a, const struct domains_result *b)
{
	assert_int_equal(a->count, b->count);
	for (uint32_t f = 0; f < codebase->graph.file_count; f++) {
		assert_string_equal(domain_name(a, f), domain_name(b, f));
		assert_true(a->reasons[f].certainty == b->reasons[f].certainty);
	}
	assert_true(a->resolution == b->resolution && a->agreement == b->agreement);
}

static void test_what_was_found_is_taken_over(void **state)
{
	(void)state;
	struct codebase *codebase = make();
	for (uint32_t i = 0; i < 60; i++)
		add_file(codebase, 100, "%02u.c", i);
	add_cluster(codebase, 0, 30);
	add_cluster(codebase, 30, 30);
	struct domains_result *first = discover(codebase);
	assert_non_null(first->memory.bytes);
	codebase->options.memory = &first->memory;
	struct domains_result *recalled = discover(codebase);
	assert_null(recalled->memory.bytes); /* nothing new to remember */
	assert_same(codebase, first, recalled);
	/* What is remembered is what is used: with one label changed, so is the result's certainty. */
	unsigned char *bytes = first->memory.bytes;
	memcpy(bytes + first->memory.length - 2, bytes + first->memory.length - 2 * 60, 2);
	struct domains_result *other = discover(codebase);
	bool differs = false;
	for (uint32_t f = 0; f < 60; f++)
		differs |= other->reasons[f].certainty != first->reasons[f].certainty;
	assert_true(differs);
	/* Other ties, another seed, another program, damaged bytes: found anew. */
	memset(bytes + first->memory.length - 2, 0xff, 2);
	struct domains_result *damaged = discover(codebase);
	assert_non_null(damaged->memory.bytes);
	assert_same(codebase, first, damaged);
	codebase->options.memory = &damaged->memory;
	codebase->options.program = "next";
	struct domains_result *next = discover(codebase);
	assert_non_null(next->memory.bytes);
	codebase->options.program = NULL;
	codebase->options.seed = 1;
	struct domains_result *seeded = discover(codebase);
	assert_non_null(seeded->memory.bytes);
	codebase->options.seed = 0;
	add_call(codebase, 1, 31, 40);
	struct domains_result *tied = discover(codebase);
	assert_non_null(tied->memory.bytes);
	codebase->options.memory = NULL;
	struct domains_result *anew = discover(codebase);
	assert_same(codebase, tied, anew);
	struct domains_result *all[] = {first, recalled, other, damaged, next, seeded, tied, anew};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		domains_result_destroy(all[i]);
	free(codebase);
}

static void test_reasons_are_told(void **state)
{
	struct codebase *codebase = make_flat();
	(void)state;
	struct domains_result *result = discover(codebase);
	for (uint32_t i = 0; i < 60; i++) {
		const struct domain_reason *reason = &result->reasons[i];
		float sum = 0;
		for (unsigned s = 0; s < DOMAIN_SIGNALS; s++)
			sum += reason->shares[s];
		assert_true(sum > 0.99f && sum < 1.01f);
		assert_true(reason->certainty >= 0 && reason->certainty <= 1);
		assert_true(reason->second == GRAPH_NONE || reason->second != result->domain_of[i]);
		assert_null(reason->told);
		assert_non_null(reason->fine);
	}
	domains_result_destroy(result);
	free(codebase);
}

static void test_constraints_are_honoured(void **state)
{
	static const char *const pinned[] = {"src/a03_parser.c"}, *const left[] = {"src/b0*"}, *const right[] = {"src/b1*"},
		*const joined[] = {"src/a07_parser.c", "src/b20_socket.c"};
	static const struct domain_constraint pins[] = {{pinned, 1, "talk", 3}}, joins[] = {{joined, 2, NULL, 4}};
	static const struct domain_pair apart[] = {{{left, 1, NULL, 5}, {right, 1, NULL, 5}}};
	struct codebase *codebase = make_flat();
	(void)state;
	codebase->options = (struct domains_options){.pins = pins, .pin_count = 1, .joins = joins, .join_count = 1,
						     .apart = apart, .apart_count = 1};
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	assert_string_equal(domain_name(result, 3), "talk");
	assert_string_equal(result->reasons[3].told, "pinned");
	assert_int_equal(result->domain_of[7], result->domain_of[50]);
	for (uint32_t a = 30; a < 40; a++)
		for (uint32_t b = 40; b < 50; b++)
			assert_int_not_equal(result->domain_of[a], result->domain_of[b]);
	domains_result_destroy(result);
	free(codebase);
}

static void test_contradictions_are_refused(void **state)
{
	static const char *const one[] = {"src/a03_parser.c"}, *const all[] = {"src/a*"}, *const other[] = {"src/a04*"};
	static const struct domain_constraint pins[] = {{one, 1, "talk", 3}, {all, 1, "read", 8}}, joins[] = {{all, 1, NULL, 4}};
	static const struct domain_pair apart[] = {{{one, 1, NULL, 5}, {other, 1, NULL, 5}}};
	struct codebase *codebase = make_flat();
	struct domains_result *result = NULL;
	struct err err = {0};
	(void)state;
	codebase->options = (struct domains_options){.pins = pins, .pin_count = 2};
	assert_int_equal(domains_discover(&codebase->graph, codebase->rows, codebase->row_count, NULL, 0, &codebase->options,
					  &result, &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "line 3"));
	assert_non_null(strstr(err.text, "line 8"));
	codebase->options = (struct domains_options){.joins = joins, .join_count = 1, .apart = apart, .apart_count = 1};
	assert_int_equal(domains_discover(&codebase->graph, codebase->rows, codebase->row_count, NULL, 0, &codebase->options,
					  &result, &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "line 4"));
	assert_non_null(strstr(err.text, "line 5"));
	free(codebase);
}

static void test_so_many_as_wanted(void **state)
{
	struct codebase *codebase = make_flat();
	(void)state;
	for (uint32_t wanted = 2; wanted <= 8; wanted += 2) {
		codebase->options = (struct domains_options){.wanted = wanted};
		struct domains_result *result = discover(codebase);
		assert_int_equal(result->count, wanted);
		domains_result_destroy(result);
	}
	free(codebase);
}

/* Folders with one job are domains, called after it; a file beside a folder of its name belongs there; headers go where
 * their sources are; tests, examples and vendored code stand apart. */
static void test_folders(void **state)
{
	struct codebase *codebase = make();
	(void)state;
	uint32_t example = add_file(codebase, 90, "demo/first.c");
	uint32_t vendored = add_file(codebase, 900, "deps/lzma/src/decode.c");
	uint32_t fuzzed = add_file(codebase, 90, "fuzz/examples/input.c");
	uint32_t public_header = add_file(codebase, 50, "include/refs3.h");
	uint32_t net = codebase->graph.file_count;
	for (uint32_t i = 0; i < 12; i++)
		add_file(codebase, 300, "net/n%02u.c", i);
	uint32_t facade = add_file(codebase, 300, "refs.c");
	uint32_t refs = codebase->graph.file_count;
	for (uint32_t i = 0; i < 9; i++)
		add_file(codebase, 300, "refs/refs%u.c", i);
	uint32_t store = codebase->graph.file_count;
	for (uint32_t i = 0; i < 12; i++)
		add_file(codebase, 300, "store/s%02u.c", i);
	uint32_t test = add_file(codebase, 300, "tests/check.c");
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	assert_string_equal(domain_name(result, vendored), "lzma");
	assert_string_equal(domain_name(result, test), "tests");
	assert_string_equal(domain_name(result, fuzzed), "tests");
	assert_string_equal(domain_name(result, example), "examples");
	assert_string_equal(result->reasons[example].told, "examples");
	assert_string_equal(domain_name(result, net), "net");
	assert_string_equal(domain_name(result, net + 11), "net");
	assert_string_equal(domain_name(result, store), "store");
	assert_string_equal(domain_name(result, refs), "refs");
	assert_string_equal(domain_name(result, facade), "refs");
	assert_string_equal(domain_name(result, public_header), "refs");
	domains_result_destroy(result);
	free(codebase);
}

/* A codebase of nothing but examples has parts as any other. */
static void test_all_examples(void **state)
{
	struct codebase *codebase = make();
	(void)state;
	for (uint32_t i = 0; i < 40; i++)
		add_file(codebase, 100, "examples/%c%02u.c", i < 20 ? 'a' : 'b', i);
	add_cluster(codebase, 0, 20);
	add_cluster(codebase, 20, 20);
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	assert_null(result->reasons[0].told);
	assert_string_not_equal(domain_name(result, 0), domain_name(result, 39));
	domains_result_destroy(result);
	free(codebase);
}

/* One large folder of loose parts beside many small folders: those do not stand in for its parts. */
static void test_small_folders_beside_a_large_one(void **state)
{
	enum { PARTS = 6, SIZE = 12, FOLDERS = 14, EACH = 3, LARGE = FOLDERS * EACH };
	struct codebase *codebase = make();
	uint32_t apart = 0, together = 0;
	(void)state;
	for (uint32_t i = 0; i < FOLDERS; i++) {
		for (uint32_t k = 0; k < EACH; k++)
			add_file(codebase, 100, "a/f%02u/%c.c", i, (char)('i' + k));
		add_cluster(codebase, i * EACH, EACH);
	}
	for (uint32_t i = 0; i < PARTS * SIZE; i++)
		add_file(codebase, 100, "core/%02uq.c", i);
	for (uint32_t part = 0; part < PARTS; part++)
		add_cluster(codebase, LARGE + part * SIZE, SIZE);
	for (uint32_t i = 0; i < PARTS * SIZE; i++)
		for (uint32_t step = 1; step < 3; step++)
			add_call(codebase, LARGE + i, LARGE + (i + step * SIZE) % (PARTS * SIZE), 2);
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	for (uint32_t part = 0; part < PARTS; part++) {
		const uint32_t *of = &result->domain_of[LARGE + part * SIZE];
		for (uint32_t i = 1; i < SIZE; i++)
			together += of[i] == of[0];
		apart += part && of[0] != of[-(int)SIZE];
	}
	assert_int_equal(apart, PARTS - 1);
	assert_in_range(together, (SIZE - 1) * PARTS * 9 / 10, (SIZE - 1) * PARTS);
	domains_result_destroy(result);
	free(codebase);
}

/* A program that is called a test is one, wherever it lies; a part that is only called so is not. */
static void test_test_programs(void **state)
{
	struct codebase *codebase = make_flat();
	struct graph_symbol mains[] = {{.name = "main", .is_defined = true}, {.name = "main", .is_defined = true},
				       {.name = "main", .is_defined = true}, {.name = "test_all", .is_defined = true}};
	struct graph_function functions[4];
	const char *const names[] = {"v0/parser_test.c", "v1/testSocket.c", "v2/contest.c", "v3/test.c"};
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t file = add_file(codebase, 100, "%s", names[i]);
		add_call(codebase, file, i * 7, 9);
		mains[i].file = file;
		functions[i] = (struct graph_function){.symbol = i, .file = file};
	}
	codebase->graph.symbols = mains;
	codebase->graph.symbol_count = 4;
	codebase->graph.functions = functions;
	codebase->graph.function_count = 4;
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	assert_string_equal(domain_name(result, functions[0].file), "tests");
	assert_string_equal(domain_name(result, functions[1].file), "tests");
	assert_string_not_equal(domain_name(result, functions[2].file), "tests");
	assert_string_not_equal(domain_name(result, functions[3].file), "tests");
	domains_result_destroy(result);
	free(codebase);
}

/* Header of another name than the source that defines what it declares. */
static void test_header_follows_its_definitions(void **state)
{
	struct codebase *codebase = make_flat();
	struct graph_symbol symbols[2] = {{.name = "f", .file = 40, .is_defined = true},
					  {.name = "g", .file = 40, .is_defined = true}};
	struct graph_declaration declarations[2] = {{.symbol = 0, .file = 63}, {.symbol = 1, .file = 63}};
	(void)state;
	add_file(codebase, 20, "zz/api.h");
	codebase->graph.symbols = symbols;
	codebase->graph.declarations = declarations;
	codebase->graph.declaration_count = codebase->graph.symbol_count = 2;
	struct domains_result *result = discover(codebase);
	assert_int_equal(result->domain_of[63], result->domain_of[40]);
	domains_result_destroy(result);
	free(codebase);
}

/* Ten clusters of 15 files in one flat folder, each with a word of its own in its files' names. */
static const char *const jobs[] = {"auth", "bloom", "cache", "diff", "event", "fetch", "graph", "hook", "index", "join"};

static struct codebase *make_jobs(void)
{
	struct codebase *made = make();
	for (uint32_t job = 0; job < 10; job++) {
		for (uint32_t i = 0; i < 15; i++)
			add_file(made, 200, "src/%s_%c.c", jobs[job], 'a' + (int)i);
		add_cluster(made, job * 15, 15);
		if (job)
			add_call(made, job * 15, job * 15 - 15, 2);
	}
	return made;
}

/* Parts of a middling size, none above a fifth, with different good names. */
static void test_sizes_and_names(void **state)
{
	struct codebase *codebase = make_jobs();
	(void)state;
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result);
	assert_in_range(result->count, 6, 25);
	for (uint32_t i = 0; i < result->count; i++)
		assert_true(result->domains[i].lines <= 6000 && result->domains[i].lines >= 600);
	for (uint32_t job = 0; job < 10; job++)
		assert_non_null(strstr(domain_name(result, job * 15), jobs[job]));
	domains_result_destroy(result);
	free(codebase);
}

/* Without labels from before, too: a few calls less leave most files where they were. */
static void test_small_edits_change_little(void **state)
{
	struct codebase *codebase = make_jobs();
	struct domains_result *before = discover(codebase);
	uint32_t same = 0;
	size_t kept = 0;
	(void)state;
	for (size_t i = 0; i < codebase->row_count; i++)
		if (i % 37)
			codebase->rows[kept++] = codebase->rows[i];
	codebase->row_count = kept;
	struct domains_result *after = discover(codebase);
	for (uint32_t i = 0; i < codebase->graph.file_count; i++)
		same += !strcmp(domain_name(before, i), domain_name(after, i));
	assert_true(same >= 0.9 * codebase->graph.file_count);
	domains_result_destroy(before);
	domains_result_destroy(after);
	free(codebase);
}

static void test_names_are_unique(void **state)
{
	struct codebase *codebase = make();
	(void)state;
	/* One folder name three times, once vendored, and files all of one name. */
	for (uint32_t i = 0; i < 6; i++)
		add_file(codebase, 300, "deps/util/util%u.c", i);
	for (char side = 'p'; side < 's'; side++)
		for (uint32_t i = 0; i < 8; i++)
			add_file(codebase, 300, "%c/util/util%u.c", side, i);
	struct domains_result *result = discover(codebase);
	assert_sound(codebase, result); /* strictly sorted: unique */
	assert_true(result->count >= 3);
	for (uint32_t i = 0; i < result->count; i++)
		assert_null(strstr(result->domains[i].name, "domain-"));
	domains_result_destroy(result);
	free(codebase);
}

static void test_small_codebases(void **state)
{
	struct codebase *codebase = make();
	struct domains_result *result;
	(void)state;
	result = discover(codebase);
	assert_int_equal(result->count, 0);
	domains_result_destroy(result);
	for (uint32_t i = 0; i < 5; i++) {
		add_file(codebase, i == 2 ? 0 : 10, "f%u.c", i);
		result = discover(codebase);
		assert_sound(codebase, result);
		domains_result_destroy(result);
	}
	free(codebase);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_clusters_are_told_apart),
		cmocka_unit_test(test_utilities_stand_apart),
		cmocka_unit_test(test_declared_globs_win),
		cmocka_unit_test(test_order_of_dependencies_does_not_matter),
		cmocka_unit_test(test_previous_labels_are_kept),
		cmocka_unit_test(test_an_unchanged_tree_moves_nothing),
		cmocka_unit_test(test_a_split_is_told), cmocka_unit_test(test_a_merger_is_told),
		cmocka_unit_test(test_a_birth_is_told), cmocka_unit_test(test_runs_tie),
		cmocka_unit_test(test_threads_change_nothing),
		cmocka_unit_test(test_what_was_found_is_taken_over),
		cmocka_unit_test(test_reasons_are_told),
		cmocka_unit_test(test_constraints_are_honoured),
		cmocka_unit_test(test_contradictions_are_refused),
		cmocka_unit_test(test_so_many_as_wanted),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_all_examples),
		cmocka_unit_test(test_small_folders_beside_a_large_one),
		cmocka_unit_test(test_test_programs),
		cmocka_unit_test(test_header_follows_its_definitions),
		cmocka_unit_test(test_sizes_and_names),
		cmocka_unit_test(test_small_edits_change_little),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_small_codebases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
