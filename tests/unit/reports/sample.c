/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up codebases for the report tests. */
#include "sample.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What breaks a format that does not escape it. */
const char *const sample_hostile[] = {
	"plain", "", " ", "\"", "\\", "\\\\", "a\\", "a\\\"", "\\\"; injected [injected=1]; \"", "\\N \\G \\E \\L \\T \\H",
	"\\n\\l\\r", "a\nb\r\n\tc", "<", "<b>bold</b>", "<<b>injected</b>>", "<br/>", "</script><script>alert(1)</script>",
	"]]>", "<!-- -- -->", "-->", "<?xml?>", "&", "&amp;", "&lt;script&gt;", "&#60;", "&#x3c;", "&amp;lt;", "&nosuch;",
	"'", "' onload='alert(1)", "\" onload=\"alert(1)", "\x01\x02\x1b[31m\x7f", "\xc2\x85\xc2\x9b", "\xff\xfe",
	"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xef\xbf\xbe\xef\xbf\xbf", "\xef\xb7\x90",
	"\xe2\x80\xae" "txt.c", "\xe2\x80\xa8line", "graph", "node", "subgraph", "strict", "digraph { a -> b }", "1.2.3", "-.5",
	"%1", "cluster_0", "a:b:c", "port:n", "->", "--", ";", "{", "}", "[", "]", "//", "/*", "#", "#include",
	"\xc3\xa9t\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80",
	"a_very_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_"
	"a_very_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_"
	"a_very_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_",
	"same", "same", "node 3", "sightline",
};
static_assert(sizeof sample_hostile / sizeof *sample_hostile == SAMPLE_HOSTILE, "say how many there are");

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static void fill_nodes(struct sample *sample, size_t groups, size_t outside, uint64_t *state)
{
	static const char *const words[] = { "net", "cluster", "storage", "replication", "parser", "commands", "base",
		"string", "object", "index", "transport", "config", "script", "event-loop", "memory", "diff", "refs" };
	struct report *report = &sample->report;

	for (size_t i = 0; i < report->node_count; i++) {
		struct report_node *node = &report->nodes[i];
		const char *word = words[i % (sizeof words / sizeof *words)];

		if (i < sizeof words / sizeof *words)
			snprintf(sample->names[i], sizeof sample->names[i], "%s", word);
		else
			snprintf(sample->names[i], sizeof sample->names[i], "src/%s/part_%zu.c", word, i);
		node->name = sample->names[i];
		node->group = groups ? (uint32_t)(i % groups) : REPORT_NONE;
		node->size = floor(20000.0 / (double)(1 + next_random(state) % 60)) + 40;
		node->debt = (double)(next_random(state) % 101);
		node->files = 1 + (uint32_t)(next_random(state) % 40);
		node->functions = 3 + (uint32_t)(next_random(state) % 400);
		node->cycle = REPORT_NONE;
		node->detail = "largest file: a.c\nmost used: thing_get";
		node->is_outside = i >= report->node_count - outside;
	}
}

static void fill_edges(struct sample *sample, size_t edges, uint64_t *state)
{
	struct report *report = &sample->report;
	size_t nodes = report->node_count;

	for (size_t tries = 0; report->edge_count < edges && tries < edges * 20; tries++) {
		uint32_t a = (uint32_t)(next_random(state) % nodes), b = (uint32_t)(next_random(state) % nodes);
		bool is_up = next_random(state) % 12 == 0, is_known = a == b;
		struct report_edge edge = { .from = a < b ? a : b, .to = a < b ? b : a,
			.weight = exp((double)(next_random(state) % 700) / 100), .detail = "do_this (12)\ndo_that (3)" };

		if (is_up) {
			edge = (struct report_edge){ .from = edge.to, .to = edge.from, .weight = 1 + edge.weight / 50,
				.in_cycle = true };
			report->nodes[a].cycle = report->nodes[b].cycle = 0;
		}
		edge.symbols = 1 + (uint32_t)edge.weight / 4;
		for (size_t i = 0; i < report->edge_count && !is_known; i++)
			is_known = report->edges[i].from == edge.from && report->edges[i].to == edge.to;
		if (!is_known)
			report->edges[report->edge_count++] = edge;
	}
}

void sample_init(struct sample *sample, size_t nodes, size_t groups, size_t edges, size_t outside)
{
	static const struct report_group named[] = { { "server" }, { "client" }, { "libraries" }, { "deps/lua" },
		{ "modules" }, { "tools" } };
	uint64_t state = 42;

	*sample = (struct sample){ .report = { .title = "sample", .release = "v7.0.15",
		.subtitle = "412 files \xC2\xB7 5,310 functions \xC2\xB7 128,442 lines \xC2\xB7 debt 41 of 100" } };
	sample->report.nodes = calloc(nodes + 1, sizeof *sample->report.nodes);
	sample->report.edges = calloc(edges + 1, sizeof *sample->report.edges);
	sample->report.groups = calloc(groups + 1, sizeof *sample->report.groups);
	sample->names = calloc(nodes + 1, sizeof *sample->names);
	sample->report.node_count = nodes;
	sample->report.group_count = groups;
	for (size_t i = 0; i < groups; i++)
		sample->report.groups[i] = named[i % (sizeof named / sizeof *named)];
	fill_nodes(sample, groups, outside, &state);
	fill_edges(sample, edges, &state);
}

static const char *name_at(size_t index)
{
	return sample_hostile[index % SAMPLE_HOSTILE];
}

/* Paths: each name in a folder, and one as deep as paths get. */
static void fill_files(struct sample *sample)
{
	struct report *report = &sample->report;
	size_t used = 0;

	sample->paths = calloc(SAMPLE_HOSTILE + 1, sizeof *sample->paths);
	report->files = calloc(SAMPLE_HOSTILE + 1, sizeof *report->files);
	report->links = calloc(SAMPLE_HOSTILE + 1, sizeof *report->links);
	for (uint32_t i = 0; i <= SAMPLE_HOSTILE; i++) {
		snprintf(sample->paths[i], sizeof sample->paths[i], "d%u/%s.c", (unsigned)i % 7, name_at(i));
		report->files[i] = (struct report_file){ .path = sample->paths[i], .node = i % SAMPLE_HOSTILE, .domain = name_at(i),
			.lines = 20, .code_lines = 10, .debt = i, .functions = 2, .cyclomatic = 5, .cognitive = 0.0 / 0.0 };
		report->links[i] = (struct report_link){ .from = i, .to = (i + 1) % (SAMPLE_HOSTILE + 1), .weight = i % 3, .includes = true };
	}
	for (unsigned i = 0; i < 60; i++)
		used += (size_t)snprintf(sample->paths[0] + used, sizeof sample->paths[0] - used, "f%u/", i);
	snprintf(sample->paths[0] + used, sizeof sample->paths[0] - used, "deep.c");
	report->file_count = report->link_count = SAMPLE_HOSTILE + 1;
}

void sample_init_hostile(struct sample *sample, bool in_groups)
{
	struct report *report = &sample->report;

	*sample = (struct sample){ .report = { .title = name_at(9), .release = name_at(17), .subtitle = name_at(21), .coverage = name_at(4),
		.previous = name_at(12), .has_runs = true, .top_nodes = SAMPLE_HOSTILE, .top_edges = SAMPLE_HOSTILE } };
	report->nodes = calloc(SAMPLE_HOSTILE, sizeof *report->nodes);
	report->edges = calloc(SAMPLE_HOSTILE, sizeof *report->edges);
	report->groups = calloc(SAMPLE_HOSTILE, sizeof *report->groups);
	report->tasks = calloc(SAMPLE_HOSTILE, sizeof *report->tasks);
	report->changes = calloc(SAMPLE_HOSTILE, sizeof *report->changes);
	report->node_count = report->edge_count = report->task_count = report->change_count = SAMPLE_HOSTILE;
	report->group_count = in_groups ? SAMPLE_HOSTILE : 0;
	for (uint32_t i = 0; i < SAMPLE_HOSTILE; i++) {
		report->groups[i].name = name_at(i);
		report->nodes[i] = (struct report_node){ .name = name_at(i), .group = in_groups ? i : REPORT_NONE, .size = i, .debt = i,
			.files = 3, .functions = 4, .cycle = i % 5 ? REPORT_NONE : i % 2, .detail = name_at(i + 1), .cohesion = 0.5,
			.exclusivity = -1 };
		report->edges[i] = (struct report_edge){ .from = i, .to = (i + 1) % SAMPLE_HOSTILE, .weight = i % 4, .symbols = 2, .observed = i % 3,
			.in_cycle = i % 5 == 0, .detail = name_at(i) };
		report->tasks[i] = (struct report_task){ .title = name_at(i), .goal = name_at(i + 1), .domain = name_at(i + 2), .why = name_at(i + 3),
			.steps = name_at(i + 4), .priority = 1, .effort_minutes = 90, .findings = 2 };
		report->changes[i] = (struct report_change){ i < 5 ? "number" : i < 30 ? "part" : "task", name_at(i) };
	}
	fill_files(sample);
}

void sample_finish(struct sample *sample)
{
	free(sample->report.files);
	free(sample->report.links);
	free(sample->report.tasks);
	free(sample->report.changes);
	free(sample->paths);
	free(sample->report.nodes);
	free(sample->report.edges);
	free(sample->report.groups);
	free(sample->names);
}
