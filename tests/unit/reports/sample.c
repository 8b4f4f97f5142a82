/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up codebases for the report tests. */
#include "sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void sample_finish(struct sample *sample)
{
	free(sample->report.nodes);
	free(sample->report.edges);
	free(sample->report.groups);
	free(sample->names);
}
