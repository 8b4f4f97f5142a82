/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DOT and SVG writers: hostile names, folding, bounds, determinism, failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <graphviz/cgraph.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sample.h"

struct bytes { char *data; size_t length; };

static int collect(void *context, const void *bytes, size_t length)
{
	struct bytes *out = context;

	out->data = realloc(out->data, out->length + length + 1);
	memcpy(out->data + out->length, bytes, length);
	out->length += length;
	out->data[out->length] = 0;
	return 0;
}

static struct bytes write_report(const char *name, const struct report *report)
{
	struct bytes bytes = { NULL, 0 };
	const struct report_output output = { collect, &bytes };
	struct report_error error = { "" };
	const struct report_format *format = report_formats();

	while (strcmp(format->name, name) != 0)
		format++;
	if (format->write(report, &output, &error) != 0)
		fail_msg("%s: %s", name, error.text);
	assert_non_null(bytes.data);
	return bytes;
}

/* Asks svg_check.py; text (NULL: none) must be shown letter by letter. */
static void check_svg(const struct bytes *svg, const char *text, unsigned nodes, unsigned edges)
{
	char path[] = "/tmp/sightline-svg-XXXXXX", command[600], line[100] = "";
	unsigned seen_nodes = 0, seen_edges = 0;
	int fd = mkstemp(path);
	FILE *answer;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, svg->data, svg->length), svg->length);
	close(fd);
	snprintf(command, sizeof command, "python3 '%s' %s <%s 2>&1", SVG_CHECK, text ? text : "", path);
	answer = popen(command, "r");
	assert_non_null(answer);
	if (!fgets(line, sizeof line, answer))
		line[0] = 0;
	if (pclose(answer) != 0)
		fail_msg("%s: %s", path, line);
	assert_int_equal(sscanf(line, "%u %u", &seen_nodes, &seen_edges), 2);
	assert_int_equal(seen_nodes, nodes);
	assert_int_equal(seen_edges, edges);
	unlink(path);
}

static void check_dot(const struct bytes *dot, int nodes, int edges)
{
	Agraph_t *graph;

	assert_false(memchr(dot->data, 0, dot->length));
	graph = agmemread(dot->data);
	assert_non_null(graph);
	assert_int_equal(agnnodes(graph), nodes);
	assert_int_equal(agnedges(graph), edges);
	assert_null(agattr(graph, AGNODE, "injected", NULL));
	agclose(graph);
}

#define hostile sample_hostile
#define HOSTILE SAMPLE_HOSTILE

static void test_hostile_names(void **state)
{
	struct report_node nodes[HOSTILE] = { 0 };
	struct report_group groups[HOSTILE];
	struct report_edge edges[HOSTILE];
	struct report report = { .nodes = nodes, .node_count = HOSTILE, .groups = groups, .group_count = HOSTILE,
		.edges = edges, .edge_count = HOSTILE, .top_nodes = HOSTILE, .top_edges = HOSTILE };
	struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < HOSTILE; i++) {
		groups[i].name = hostile[i];
		nodes[i] = (struct report_node){ .name = hostile[i], .group = (uint32_t)i, .size = 10, .cycle = REPORT_NONE,
			.detail = hostile[(i + 1) % HOSTILE] };
		edges[i] = (struct report_edge){ .from = (uint32_t)i, .to = (uint32_t)((i + 1) % HOSTILE), .weight = 1,
			.detail = hostile[i] };
	}
	for (size_t i = 0; i < HOSTILE; i += 7) {
		report.title = hostile[i];
		report.release = hostile[(i + 3) % HOSTILE];
		report.subtitle = hostile[(i + 5) % HOSTILE];
		bytes = write_report("dot", &report);
		check_dot(&bytes, HOSTILE, HOSTILE);
		free(bytes.data);
		bytes = write_report("svg", &report);
		check_svg(&bytes, NULL, HOSTILE, HOSTILE);
		free(bytes.data);
	}
}

/* What looks like markup, an escape or an entity is shown letter by letter. */
static void test_names_are_shown_as_they_are(void **state)
{
	static const struct { const char *name, *shown; } cases[] = {
		{ "a<b>&c", "'a<b>&\xe2\x81\xa0" "c'" },
		{ "&lt;x", "'&\xe2\x81\xa0lt;x'" },
		{ "\\N\\n\\", "'\\N\\n\\'" },
		{ "say \"hi\"", "'say \"hi\"'" },
		{ "a\nb", "'a\xe2\x90\x8a" "b'" },
		{ "\x1b[m", "'\xe2\x90\x9b[m'" },
		{ "bad\xff", "'bad\xef\xbf\xbd'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct report_node node = { .name = cases[i].name, .group = REPORT_NONE, .cycle = REPORT_NONE };
		struct report report = { .title = cases[i].name, .release = "r", .nodes = &node, .node_count = 1 };
		struct bytes bytes = write_report("svg", &report);
		check_svg(&bytes, cases[i].shown, 1, 0);
		free(bytes.data);
	}
}

static void test_same_input_same_bytes(void **state)
{
	(void)state;
	for (const struct report_format *format = report_formats(); format->name; format++) {
		struct sample sample;
		struct bytes one, two;

		sample_init(&sample, 60, 5, 200, 0);
		one = write_report(format->name, &sample.report);
		sample_finish(&sample);
		sample_init(&sample, 60, 5, 200, 0);
		two = write_report(format->name, &sample.report);
		sample_finish(&sample);
		assert_int_equal(one.length, two.length);
		assert_memory_equal(one.data, two.data, one.length);
		free(one.data);
		free(two.data);
	}
}

/* Whatever is asked for, a picture stays one: and what is left out is counted in it. */
static void test_huge_reports_are_bounded(void **state)
{
	struct sample sample;
	struct bytes bytes;
	time_t start = time(NULL);

	(void)state;
	sample_init(&sample, 3000, 5, 6000, 0);
	sample.report.top_nodes = SIZE_MAX;
	sample.report.top_edges = SIZE_MAX;
	bytes = write_report("dot", &sample.report);
	assert_non_null(strstr(bytes.data, "2600 of 3000 boxes"));
	assert_non_null(strstr(bytes.data, "... and 520 more"));
	free(bytes.data);
	bytes = write_report("svg", &sample.report);
	free(bytes.data);
	assert_true(time(NULL) - start < 60);
	sample_finish(&sample);
}

static void test_defaults_fold(void **state)
{
	struct sample sample;
	struct bytes bytes;

	(void)state;
	sample_init(&sample, 500, 6, 900, 0);
	bytes = write_report("svg", &sample.report);
	assert_non_null(strstr(bytes.data, "460 of 500 boxes"));
	assert_non_null(strstr(bytes.data, "... and "));
	assert_true(bytes.length < 300000);
	free(bytes.data);
	sample_finish(&sample);
}

/* a -> b -> c heavily, c -> a lightly: the light one closes the cycle. */
static void test_cycles_are_marked(void **state)
{
	struct report_node nodes[3];
	struct report_edge edges[3] = {
		{ .from = 2, .to = 0, .weight = 1, .in_cycle = true },
		{ .from = 0, .to = 1, .weight = 50, .in_cycle = true },
		{ .from = 1, .to = 2, .weight = 50, .in_cycle = true },
	};
	struct report report = { .title = "t", .release = "r", .nodes = nodes, .node_count = 3, .edges = edges,
		.edge_count = 3 };
	struct bytes bytes;
	Agraph_t *graph;
	unsigned dashed = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		nodes[i] = (struct report_node){ .name = i == 0 ? "a" : i == 1 ? "b" : "c", .group = REPORT_NONE, .cycle = 0 };
	bytes = write_report("dot", &report);
	graph = agmemread(bytes.data);
	for (Agnode_t *node = agfstnode(graph); node; node = agnxtnode(graph, node)) {
		assert_non_null(strstr(agget(node, "label"), "\xe2\x86\xbb"));
		for (Agedge_t *edge = agfstout(graph, node); edge; edge = agnxtout(graph, edge)) {
			if (strcmp(agget(edge, "style"), "dashed") != 0)
				continue;
			dashed++;
			assert_string_equal(agget(edge, "dir"), "back"); /* drawn downwards, pointing up */
			assert_string_equal(agnameof(agtail(edge)), "a");
			assert_string_equal(agnameof(aghead(edge)), "c");
		}
	}
	assert_int_equal(dashed, 1);
	agclose(graph);
	free(bytes.data);
}

/* Two domains that use each other: one line with two heads, told in both directions. */
static void test_pairs_are_one_edge(void **state)
{
	struct report_node nodes[3] = {
		{ .name = "a", .group = REPORT_NONE, .cycle = 0 }, { .name = "b", .group = REPORT_NONE, .cycle = 0 },
		{ .name = "c", .group = REPORT_NONE, .cycle = REPORT_NONE },
	};
	struct report_edge edges[4] = {
		{ .from = 0, .to = 1, .weight = 40, .symbols = 4, .in_cycle = true },
		{ .from = 1, .to = 0, .weight = 60, .symbols = 6, .in_cycle = true },
		{ .from = 0, .to = 2, .weight = 90 },
		{ .from = 2, .to = 0, .weight = 1 },
	};
	struct report report = { .title = "t", .release = "r", .nodes = nodes, .node_count = 3, .edges = edges,
		.edge_count = 4 };
	struct bytes bytes = write_report("dot", &report);
	Agraph_t *graph = agmemread(bytes.data);
	Agedge_t *mutual = agedge(graph, agnode(graph, "b", 0), agnode(graph, "a", 0), NULL, 0);
	Agedge_t *light = agedge(graph, agnode(graph, "a", 0), agnode(graph, "c", 0), NULL, 0);

	(void)state;
	assert_int_equal(agnedges(graph), 2);
	assert_non_null(mutual);
	assert_string_equal(agget(mutual, "dir"), "both");
	assert_string_equal(agget(mutual, "color"), "#c2123f");
	assert_non_null(strstr(agget(mutual, "tooltip"), "weight 60, 6 symbols"));
	assert_non_null(strstr(agget(mutual, "tooltip"), "weight 40, 4 symbols"));
	assert_non_null(light);
	assert_string_equal(agget(light, "arrowtail"), "dot");
	assert_string_not_equal(agget(light, "color"), "#c2123f");
	agclose(graph);
	free(bytes.data);
}

/* A domain with files is a cluster around them; whatever their names are. */
static void test_domains_are_clusters(void **state)
{
	struct report_part parts[HOSTILE];
	struct report_node nodes[HOSTILE];
	struct report_edge edges[HOSTILE];
	struct report report = { .title = "t", .release = "r", .nodes = nodes, .node_count = HOSTILE, .edges = edges,
		.edge_count = HOSTILE, .top_nodes = HOSTILE, .top_edges = HOSTILE };
	struct bytes bytes;
	Agraph_t *graph;

	(void)state;
	for (size_t i = 0; i < HOSTILE; i++)
		parts[i] = (struct report_part){ .name = hostile[i], .size = 0.0 / 0.0, .debt = (double)i };
	for (size_t i = 0; i < HOSTILE; i++) {
		nodes[i] = (struct report_node){ .name = hostile[i], .group = REPORT_NONE, .size = 10, .cycle = REPORT_NONE,
			.files = 100, .parts = &parts[i], .part_count = HOSTILE - i };
		edges[i] = (struct report_edge){ .from = (uint32_t)i, .to = (uint32_t)((i + 1) % HOSTILE), .weight = 1 };
	}
	bytes = write_report("dot", &report);
	check_dot(&bytes, HOSTILE, HOSTILE);
	graph = agmemread(bytes.data);
	assert_non_null(agsubg(graph, "cluster_n0", 0));
	agclose(graph);
	assert_non_null(strstr(bytes.data, "+96 more files"));
	free(bytes.data);
	bytes = write_report("svg", &report);
	check_svg(&bytes, NULL, HOSTILE, HOSTILE);
	free(bytes.data);
}

/* What everyone uses most is told in words; it does not draw every arrow to itself. */
static void test_hubs_do_not_hide_the_rest(void **state)
{
	struct report_part part = { .name = "x.c" };
	struct report_node nodes[12];
	struct report_edge edges[12 * 2];
	struct report report = { .title = "t", .release = "r", .nodes = nodes, .node_count = 12, .edges = edges };
	char names[12][8];
	struct bytes bytes;

	(void)state;
	for (uint32_t i = 0; i < 12; i++) {
		snprintf(names[i], sizeof names[i], "d%u", i);
		nodes[i] = (struct report_node){ .name = names[i], .group = REPORT_NONE, .cycle = REPORT_NONE, .size = 5,
			.parts = &part, .part_count = 1, .files = 1 };
		if (i > 0)
			edges[report.edge_count++] = (struct report_edge){ .from = i, .to = 0, .weight = 100 };
		if (i > 1)
			edges[report.edge_count++] = (struct report_edge){ .from = i, .to = i - 1, .weight = 20 };
	}
	bytes = write_report("dot", &report);
	check_dot(&bytes, 12, 3 + 10);
	assert_non_null(strstr(bytes.data, "used by 11 of 11"));
	assert_non_null(strstr(bytes.data, "thick frame"));
	free(bytes.data);
}

/* Neighbours stand before and behind the domain in focus, and bring no edges of their own into the picture. */
static void test_neighbours(void **state)
{
	struct sample sample;
	struct bytes one, two;

	(void)state;
	sample_init(&sample, 40, 0, 150, 12);
	one = write_report("svg", &sample.report);
	two = write_report("svg", &sample.report);
	assert_string_equal(one.data, two.data);
	assert_non_null(strstr(one.data, "dashed boxes: other domains"));
	check_svg(&one, "'release v7.0.15'", 28 + 10 + 1, 80);
	free(one.data);
	free(two.data);
	sample_finish(&sample);
}

/* A picture is for a screen: many layers of few domains lie side by side instead of making a tower. */
static void test_towers_are_laid_down(void **state)
{
	struct report_part parts[4] = { { .name = "a.c" }, { .name = "b.c" }, { .name = "c.c" }, { .name = "d.c" } };
	struct report_node nodes[9];
	struct report_edge edges[8];
	struct report report = { .title = "t", .release = "r", .nodes = nodes, .node_count = 9, .edges = edges, .edge_count = 8 };
	char names[9][8];
	struct bytes bytes;
	double width = 0, height = 0;

	(void)state;
	for (uint32_t i = 0; i < 9; i++) {
		snprintf(names[i], sizeof names[i], "d%u", i);
		nodes[i] = (struct report_node){ .name = names[i], .group = REPORT_NONE, .cycle = REPORT_NONE, .size = 5,
			.parts = parts, .part_count = 4, .files = 4 };
		if (i > 0)
			edges[i - 1] = (struct report_edge){ .from = i - 1, .to = i, .weight = 10 };
	}
	bytes = write_report("svg", &report);
	check_svg(&bytes, NULL, 9, 8);
	assert_int_equal(sscanf(strstr(bytes.data, "viewBox="), "viewBox=\"0.00 0.00 %lf %lf", &width, &height), 2);
	assert_true(width > height);
	free(bytes.data);
}

static void test_empty_and_broken_numbers(void **state)
{
	struct report_node nodes[2] = {
		{ .name = "nan", .group = 77, .size = 0.0 / 0.0, .debt = 0.0 / 0.0, .cycle = REPORT_NONE },
		{ .name = "big", .group = REPORT_NONE, .size = 1.0 / 0.0, .debt = -5, .cycle = REPORT_NONE },
	};
	struct report_edge edges[3] = { { .from = 0, .to = 1, .weight = 0.0 / 0.0 }, { .from = 9, .to = 1 },
		{ .from = 1, .to = 1, .weight = 3 } };
	struct report report = { .title = "t", .release = "r" };
	struct bytes bytes;

	(void)state;
	bytes = write_report("svg", &report);
	check_svg(&bytes, NULL, 0, 0);
	free(bytes.data);
	report = (struct report){ .nodes = nodes, .node_count = 2, .edges = edges, .edge_count = 3 };
	bytes = write_report("svg", &report);
	check_svg(&bytes, NULL, 2, 1);
	free(bytes.data);
}

static int refuse(void *context, const void *bytes, size_t length)
{
	(void)context, (void)bytes, (void)length;
	return -7;
}

static void test_a_failing_output_is_passed_up(void **state)
{
	const struct report_output output = { refuse, NULL };
	struct report report = { .title = "t", .release = "r" };

	(void)state;
	for (const struct report_format *format = report_formats(); format->name; format++) {
		struct report_error error = { "before" };
		assert_int_equal(format->write(&report, &output, &error), -7);
		assert_string_equal(error.text, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_names_are_shown_as_they_are),
		cmocka_unit_test(test_same_input_same_bytes),
		cmocka_unit_test(test_huge_reports_are_bounded),
		cmocka_unit_test(test_defaults_fold),
		cmocka_unit_test(test_cycles_are_marked),
		cmocka_unit_test(test_pairs_are_one_edge),
		cmocka_unit_test(test_domains_are_clusters),
		cmocka_unit_test(test_hubs_do_not_hide_the_rest),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_towers_are_laid_down),
		cmocka_unit_test(test_empty_and_broken_numbers),
		cmocka_unit_test(test_a_failing_output_is_passed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
