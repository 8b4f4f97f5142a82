/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrows, and the invisible ones that keep loose boxes together. */
#include <math.h>

#include "label.h"
#include "picture_internal.h"

#define MUTUAL 0.1 /* of the heavier direction's weight: an edge back that holds a cycle together */

static const char *end_name(const struct builder *builder, uint32_t node)
{
	return builder->report->nodes[builder->fold.nodes[node].source].name;
}

static void write_direction(const struct builder *builder, uint32_t from, uint32_t to, uint32_t source, FILE *out)
{
	const struct report_edge *edge = &builder->report->edges[source];

	label_write(out, end_name(builder, from), 80, 0);
	fputs(" \xE2\x86\x92 ", out);
	label_write(out, end_name(builder, to), 80, 0);
	if (edge->weight > 0) {
		fputs("\\nweight ", out);
		label_write_count(out, edge->weight);
	} else {
		fputs("\\nnot in the source", out);
	}
	if (edge->symbols > 0)
		fprintf(out, ", %u symbols", edge->symbols);
	if (builder->report->has_runs) {
		fputs("\\nseen in runs: ", out);
		label_write_count(out, edge->observed);
	}
	if (edge->detail && *edge->detail) {
		fputs("\\n", out);
		label_write(out, edge->detail, 0, LABEL_LINES);
	}
}

static void set_edge_tooltip(struct builder *builder, const struct fold_edge *drawn, Agedge_t *edge)
{
	struct text text;

	if (!text_open(builder, &text))
		return;
	write_direction(builder, drawn->from, drawn->to, drawn->source, text.out);
	if (drawn->reverse != REPORT_NONE) {
		fputs("\\nand back: ", text.out);
		write_direction(builder, drawn->to, drawn->from, drawn->reverse, text.out);
	}
	if (drawn->in_cycle)
		fputs(drawn->closes ? "\\n\xE2\x86\xBB closes a dependency cycle" : "\\n\xE2\x86\xBB part of a dependency cycle",
		      text.out);
	text_set(builder, &text, edge, "tooltip", false);
}

/* From faint to dark by strength 0..1, so that what is heavy stands in front. */
static void set_edge_colour(struct builder *builder, Agedge_t *edge, double strength)
{
	static const int light[3] = { 0xc6, 0xcd, 0xd4 }, dark[3] = { 0x3a, 0x47, 0x54 };
	int mixed[3];

	for (int i = 0; i < 3; i++)
		mixed[i] = light[i] + (int)lround((dark[i] - light[i]) * strength);
	picture_set_text(builder, edge, "color", "#%02x%02x%02x", mixed[0], mixed[1], mixed[2]);
}

/* What the source has and runs showed, only the one, or only the other: told by colour where no cycle takes it, and by the head in
 * any case. */
static void set_seen(struct builder *builder, const struct fold_edge *drawn, Agedge_t *edge, bool is_red, bool turned)
{
	if (!builder->report->has_runs)
		return;
	if (!drawn->observed)
		picture_set(edge, turned ? "arrowtail" : "arrowhead", "empty");
	else if (!is_red)
		picture_set(edge, "color", drawn->written ? SEEN_COLOUR : ONLY_SEEN_COLOUR);
	if (drawn->observed && !drawn->written)
		picture_set(edge, "style", "dotted");
}

/* What ends the line has: an arrow where it leads; where it comes from an arrow too if the edge back is strong, a small
 * dot if that is weak. turned: laid out from head to tail. */
static void set_arrows(Agedge_t *edge, const struct fold_edge *drawn, bool is_mutual, bool turned)
{
	if (drawn->reverse == REPORT_NONE) {
		if (turned)
			picture_set(edge, "dir", "back");
		return;
	}
	picture_set(edge, "dir", "both");
	if (!is_mutual)
		picture_set(edge, turned ? "arrowhead" : "arrowtail", "dot");
}

/* ---- neighbours: who uses the domain before it, what it uses behind ---- */

static bool is_outside(const struct builder *builder, uint32_t node)
{
	uint32_t source = builder->fold.nodes[node].source;

	return source != REPORT_NONE && builder->report->nodes[source].is_outside;
}

/* What a neighbour's drawn edges carry to it (positive) or from it. */
static double balance(const struct builder *builder, uint32_t node)
{
	double sum = 0;

	for (size_t i = 0; i < builder->fold.edge_count; i++) {
		const struct fold_edge *edge = &builder->fold.edges[i];
		double net = edge->weight - 2 * edge->back;
		sum += edge->to == node ? net : edge->from == node ? -net : 0;
	}
	return sum;
}

/* Whether an edge goes to or from a neighbour against where that neighbour stands. */
static bool is_against(const struct builder *builder, const struct fold_edge *edge)
{
	if (is_outside(builder, edge->to))
		return !(balance(builder, edge->to) > 0);
	return is_outside(builder, edge->from) && balance(builder, edge->from) > 0;
}

static void add_edge(struct builder *builder, uint32_t index)
{
	const struct fold_edge *drawn = &builder->fold.edges[index];
	double strength = builder->fold.heaviest > 0 ? log1p(drawn->weight) / log1p(builder->fold.heaviest) : 0;
	bool is_mutual = drawn->written && drawn->reverse != REPORT_NONE && drawn->back > 0 && drawn->back >= MUTUAL * (drawn->weight - drawn->back);
	/* An edge against the stream is laid out turned round, so that the heavier ones all lead down the page. */
	uint32_t tail = drawn->closes ? drawn->to : drawn->from, head = drawn->closes ? drawn->from : drawn->to;
	Agedge_t *edge = agedge(builder->graph, builder->nodes[tail], builder->nodes[head], NULL, 1);

	if (!edge) {
		builder->failed = true;
		return;
	}
	picture_set_text(builder, edge, "id", "e%u", index);
	picture_set_text(builder, edge, "class", "f%u t%u", drawn->from, drawn->to);
	picture_set_text(builder, edge, "URL", "#e%u", index);
	picture_set_text(builder, edge, "weight", "%d", 1 + (int)lround(strength * strength * 12));
	picture_set_hundredths(builder, edge, "penwidth", 0.8 + 5.2 * strength * strength * strength);
	picture_set_hundredths(builder, edge, "arrowsize", 0.6 + 0.3 * strength);
	if (is_against(builder, drawn))
		picture_set(edge, "constraint", "false");
	set_arrows(edge, drawn, is_mutual, drawn->closes);
	bool is_red = is_mutual || (drawn->in_cycle && drawn->closes);

	if (is_red)
		picture_set(edge, "color", CYCLE_COLOUR);
	else
		set_edge_colour(builder, edge, strength);
	if (drawn->in_cycle && drawn->closes)
		picture_set(edge, "style", "dashed");
	set_seen(builder, drawn, edge, is_red, drawn->closes);
	set_edge_tooltip(builder, drawn, edge);
}

/* An edge that is not seen and pulls nothing, but keeps its ends in order. */
static void keep_order(struct builder *builder, uint32_t first, uint32_t second)
{
	Agedge_t *edge = agedge(builder->graph, builder->nodes[first], builder->nodes[second], NULL, 1);

	if (!edge) {
		builder->failed = true;
		return;
	}
	picture_set(edge, "style", "invis");
	picture_set(edge, "weight", "0");
}

static void rank_neighbours(struct builder *builder)
{
	uint32_t ends[2] = { REPORT_NONE, REPORT_NONE }; /* one that uses the domain, one that it uses */
	Agraph_t *sides[2] = { NULL, NULL };

	for (uint32_t i = 0; i < builder->fold.node_count; i++) {
		int side;

		if (!is_outside(builder, i) || builder->fold.nodes[i].edges == 0)
			continue;
		side = balance(builder, i) > 0;
		if (!sides[side] && (sides[side] = agsubg(builder->graph, side ? "used" : "users", 1)))
			picture_set(sides[side], "rank", "same");
		if (!sides[side] || !agsubnode(sides[side], builder->nodes[i], 1))
			builder->failed = true;
		ends[side] = i;
	}
	for (uint32_t i = 0; i < builder->fold.node_count && !builder->failed; i++) {
		if (is_outside(builder, i) || builder->fold.nodes[i].source == REPORT_NONE)
			continue;
		if (ends[0] != REPORT_NONE)
			keep_order(builder, ends[0], i);
		if (ends[1] != REPORT_NONE)
			keep_order(builder, i, ends[1]);
	}
}

/* Nodes without a drawn edge would stand in one long row: invisible edges stack them instead. */
static void stack_loose(struct builder *builder, uint32_t group)
{
	uint32_t last = 0, count = 0, rows;

	for (uint32_t i = 0; i < builder->fold.node_count; i++)
		count += builder->fold.nodes[i].group == group && builder->fold.nodes[i].edges == 0;
	rows = (uint32_t)ceil(sqrt(count));
	for (uint32_t i = 0, seen = 0; i < builder->fold.node_count && rows > 1; i++) {
		if (builder->fold.nodes[i].group != group || builder->fold.nodes[i].edges != 0)
			continue;
		if (seen % rows != 0) {
			Agedge_t *edge = agedge(builder->graph, builder->nodes[last], builder->nodes[i], NULL, 1);
			if (edge)
				picture_set(edge, "style", "invis");
		}
		last = i;
		seen++;
	}
}

void picture_add_arrows(struct builder *builder)
{
	for (uint32_t i = 0; i < builder->fold.edge_count && !builder->failed; i++)
		add_edge(builder, i);
	if (!builder->failed)
		rank_neighbours(builder);
	for (uint32_t i = 0; i < builder->report->group_count && !builder->failed; i++)
		if (builder->groups[i])
			stack_loose(builder, i);
	stack_loose(builder, REPORT_NONE);
}
