/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes: nodes, the clusters that they fill, groups around them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "label.h"
#include "picture_internal.h"

#define LABEL_LIMIT 30
#define SECOND_LINE 20       /* letters of "12.3k lines, debt 45" */
#define TEXT_FONT 14
#define SMALL_FONT 13
#define BOLD_WIDTH 0.72      /* as LETTER_WIDTH, of bold letters */
#define SIZE_LETTERS 5       /* of "12.3k" */
#define NAMES_IN_TOOLTIP 40
#define PARTS_LEAST 1        /* files named in the smallest cluster */
#define PARTS_MORE 3         /* and so many more in the largest */
#define PART_LIMIT 26
#define OUTSIDE_SCALE 0.25

/* 0..1: area follows lines of code, so the side follows their root. Neighbours are context, all alike. */
static double scale_of(const struct builder *builder, const struct fold_node *drawn)
{
	if (drawn->source != REPORT_NONE && builder->report->nodes[drawn->source].is_outside)
		return OUTSIDE_SCALE;
	return builder->fold.largest > 0 ? sqrt(drawn->size / builder->fold.largest) : 0;
}

static void write_node_label(struct builder *builder, const struct fold_node *drawn, FILE *out)
{
	const struct report_node *node = &builder->report->nodes[drawn->source];

	label_write(out, node->label ? node->label : node->name, LABEL_LIMIT, 0);
	if (node->cycle != REPORT_NONE)
		fputs("  \xE2\x86\xBB", out);
	fputs("\\n", out);
	label_write_count(out, node->size);
	fputs(" lines", out);
	if (!node->is_outside)
		fprintf(out, " \xC2\xB7 debt %ld", picture_debt_number(node->debt));
}

static void write_node_tooltip(struct builder *builder, const struct fold_node *drawn, FILE *out)
{
	const struct report_node *node = &builder->report->nodes[drawn->source];

	label_write(out, node->name, 0, 0);
	fputs("\\n", out);
	label_write_count(out, node->size);
	fprintf(out, " lines, %u files, %u functions, debt %ld of 100", node->files, node->functions,
		picture_debt_number(node->debt));
	if (drawn->users > 0)
		fprintf(out, "\\nused by %u others", drawn->users);
	if (node->cycle != REPORT_NONE)
		fprintf(out, "\\nin dependency cycle %u", node->cycle + 1);
	if (node->is_outside)
		fputs("\\noutside the domain in focus", out);
	if (node->detail && *node->detail) {
		fputs("\\n", out);
		label_write(out, node->detail, 0, LABEL_LINES);
	}
}

static void write_folded_tooltip(struct builder *builder, uint32_t index, FILE *out)
{
	const struct fold_node *drawn = &builder->fold.nodes[index];
	uint32_t named = 0;

	fprintf(out, "%u more, ", drawn->folded);
	label_write_count(out, drawn->size);
	fputs(" lines together:", out);
	for (size_t i = 0; i < builder->report->node_count && named < NAMES_IN_TOOLTIP; i++) {
		if (builder->fold.drawn_as[i] != index)
			continue;
		fputs(named++ ? ", " : "\\n", out);
		label_write(out, builder->report->nodes[i].name, 60, 0);
	}
	if (named < drawn->folded)
		fprintf(out, "\\n... and %u more", drawn->folded - named);
}

static void style_box(struct builder *builder, const struct fold_node *drawn, Agnode_t *node)
{
	const struct report_node *source = &builder->report->nodes[drawn->source];
	const struct debt_class *class = picture_debt_class(source->debt);
	double scale = scale_of(builder, drawn), font = 12 + 8 * scale;
	size_t letters = 4 + label_length(source->label ? source->label : source->name, LABEL_LIMIT);

	if (letters < SECOND_LINE)
		letters = SECOND_LINE;
	picture_set_hundredths(builder, node, "width",
			       fmax(1.1 + 1.7 * scale, 0.25 + LETTER_WIDTH / 72 * font * (double)letters));
	picture_set_hundredths(builder, node, "height", 0.55 + 0.9 * scale);
	picture_set_hundredths(builder, node, "fontsize", font);
	if (source->is_outside) {
		picture_set(node, "style", "rounded,filled,dashed");
		picture_set(node, "fillcolor", "#f1f3f5");
		picture_set(node, "color", "#9aa5ae");
		picture_set(node, "fontcolor", FAINT_INK);
	} else {
		picture_set(node, "fillcolor", class->fill);
		picture_set(node, "fontcolor", class->ink);
		picture_set(node, "color", class->border);
	}
	if (source->cycle != REPORT_NONE && !source->is_outside) {
		picture_set(node, "color", CYCLE_COLOUR);
		picture_set(node, "penwidth", "1.8");
	}
	if (drawn->is_hub)
		picture_set(node, "penwidth", "4");
}

static void style_folded(struct builder *builder, const struct fold_node *drawn, Agnode_t *node)
{
	if (drawn->groups_folded > 0)
		picture_set_text(builder, node, "label", "... and %u more\\nin %u groups", drawn->folded, drawn->groups_folded);
	else
		picture_set_text(builder, node, "label", "... and %u more", drawn->folded);
	picture_set(node, "shape", "box");
	picture_set(node, "style", "rounded,dashed");
	picture_set(node, "color", "#9aa5ae");
	picture_set(node, "fontcolor", FAINT_INK);
	picture_set(node, "fontsize", "11");
	picture_set(node, "width", "1.10");
	picture_set(node, "height", "0.40");
}

/* ---- domains: a cluster with its most important files ---- */

static bool is_cluster(const struct builder *builder, const struct fold_node *drawn)
{
	return drawn->source != REPORT_NONE && builder->report->nodes[drawn->source].part_count > 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path ? path : "", '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* Widths in points, in any viewer's font. */
static long width_of(long font, size_t letters)
{
	return lround(LETTER_WIDTH * (double)font * (double)letters);
}

/* Both cells of a row light up and tell the same. */
static void write_part_cell(const struct report_part *part, uint32_t index, long width, FILE *out)
{
	fprintf(out, "<TD ALIGN=\"LEFT\" BGCOLOR=\"%s\" HREF=\"#n%u\" WIDTH=\"%ld\" TOOLTIP=\"",
		picture_debt_class(part->debt)->fill, index, width);
	label_write(out, part->name, 0, LABEL_HTML);
	fputs(" \xC2\xB7 ", out);
	label_write_count(out, part->size);
	fprintf(out, " lines \xC2\xB7 debt %ld of 100\">", picture_debt_number(part->debt));
}

static void write_part(const struct report_part *part, uint32_t index, long font, long width, FILE *out)
{
	const char *ink = picture_debt_class(part->debt)->ink;

	fputs("<TR>", out);
	write_part_cell(part, index, width, out);
	fprintf(out, "<FONT POINT-SIZE=\"%ld\" COLOR=\"%s\">", font, ink);
	label_write(out, base_name(part->name), PART_LIMIT, LABEL_HTML);
	fputs("</FONT></TD>", out);
	write_part_cell(part, index, width_of(SMALL_FONT, SIZE_LETTERS), out);
	fprintf(out, "<FONT POINT-SIZE=\"%d\" COLOR=\"%s\">", SMALL_FONT, ink);
	label_write_count(out, part->size);
	fputs("</FONT></TD></TR>", out);
}

static long name_font(const struct builder *builder, const struct fold_node *drawn)
{
	return lround(17 + 12 * scale_of(builder, drawn));
}

/* How wide the first of the two columns is: for the name, the numbers below it and the files. */
static long column_width(const struct builder *builder, const struct fold_node *drawn, size_t shown, long font)
{
	const struct report_node *node = &builder->report->nodes[drawn->source];
	long width = lround(BOLD_WIDTH * (double)(name_font(builder, drawn) * (long)label_length(node->name, LABEL_LIMIT)));
	long wanted = width_of(TEXT_FONT, SECOND_LINE) - width_of(SMALL_FONT, SIZE_LETTERS);

	if (width < wanted)
		width = wanted;
	for (size_t i = 0; i < shown; i++) {
		wanted = width_of(font, label_length(base_name(node->parts[i].name), PART_LIMIT));
		width = wanted > width ? wanted : width;
	}
	return width;
}

#define WIDE_CELL "<TR><TD COLSPAN=\"2\" ALIGN=\"LEFT\"><FONT POINT-SIZE=\"%d\" COLOR=\"%s\">"
#define CELL_END "</FONT></TD>"

static void write_heading(struct builder *builder, const struct fold_node *drawn, FILE *out)
{
	const struct report_node *node = &builder->report->nodes[drawn->source];

	fprintf(out, "<TR><TD ALIGN=\"LEFT\"><FONT POINT-SIZE=\"%ld\" COLOR=\"" INK "\"><B>", name_font(builder, drawn));
	label_write(out, node->label ? node->label : node->name, LABEL_LIMIT, LABEL_HTML);
	fputs("</B>" CELL_END "<TD ALIGN=\"LEFT\">", out);
	if (node->cycle != REPORT_NONE)
		fprintf(out, "<FONT POINT-SIZE=\"%d\" COLOR=\"" CYCLE_COLOUR "\">\xE2\x86\xBB</FONT>", TEXT_FONT);
	fprintf(out, "</TD></TR>" WIDE_CELL, TEXT_FONT, INK);
	label_write_count(out, node->size);
	fprintf(out, " lines \xC2\xB7 debt %ld" CELL_END "</TR>", picture_debt_number(node->debt));
	if (drawn->is_hub)
		fprintf(out, WIDE_CELL "used by %u of %zu" CELL_END "</TR>", TEXT_FONT, INK, drawn->users,
			builder->report->node_count - 1);
}

/* Name and numbers, then the files, one a row; what is not named is counted. All of it is one node: arrows end at its
 * border, and Graphviz need not cut them at that of the cluster, which it may fail to (an assertion, not an error). */
static void write_domain(struct builder *builder, uint32_t index, FILE *out)
{
	const struct fold_node *drawn = &builder->fold.nodes[index];
	const struct report_node *node = &builder->report->nodes[drawn->source];
	double scale = scale_of(builder, drawn);
	size_t shown = PARTS_LEAST + (size_t)lround(PARTS_MORE * scale);
	long font = lround(14 + 2 * scale), width;

	if (shown > node->part_count)
		shown = node->part_count;
	width = column_width(builder, drawn, shown, font);
	fputs("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"1\" CELLPADDING=\"2\">", out);
	write_heading(builder, drawn, out);
	for (size_t i = 0; i < shown; i++)
		write_part(&node->parts[i], index, font, width, out);
	if (node->files > shown)
		fprintf(out, WIDE_CELL "+%zu more file%s" CELL_END "</TR>", SMALL_FONT, FAINT_INK, node->files - shown,
			node->files - shown == 1 ? "" : "s");
	fputs("</TABLE>", out);
}

static Agraph_t *add_cluster(struct builder *builder, uint32_t index, Agraph_t *where)
{
	const struct fold_node *drawn = &builder->fold.nodes[index];
	const struct debt_class *class = picture_debt_class(builder->report->nodes[drawn->source].debt);
	char name[32];
	Agraph_t *cluster;
	struct text text;

	snprintf(name, sizeof name, "cluster_n%u", index);
	cluster = agsubg(where, name, 1);
	if (!cluster) {
		builder->failed = true;
		return NULL;
	}
	picture_set_text(builder, cluster, "id", "c%u", index);
	picture_set_text(builder, cluster, "URL", "#n%u", index);
	picture_set(cluster, "margin", "3");
	picture_set(cluster, "label", "");
	picture_set(cluster, "fillcolor", class->pale);
	picture_set(cluster, "color", class->border);
	picture_set(cluster, "penwidth", drawn->is_hub ? "4" : "1.6");
	if (text_open(builder, &text)) {
		write_node_tooltip(builder, drawn, text.out);
		text_set(builder, &text, cluster, "tooltip", false);
	}
	return cluster;
}

/* ---- all boxes ---- */

/* A name makes a good id in the DOT file, but after cleaning two may be alike. */
static Agnode_t *add_named(struct builder *builder, Agraph_t *where, uint32_t index)
{
	const struct fold_node *drawn = &builder->fold.nodes[index];
	struct text text;
	Agnode_t *node = NULL;

	if (!text_open(builder, &text))
		return NULL;
	if (drawn->source == REPORT_NONE)
		fprintf(text.out, "folded %u", index);
	else
		label_write(text.out, builder->report->nodes[drawn->source].name, 300, 0);
	if (fclose(text.out) == 0 && agnode(builder->graph, text.data, 0)) {
		char number[40];
		unsigned tries = 0;
		snprintf(number, sizeof number, "node %u", index);
		while (agnode(builder->graph, number, 0)) /* some name may be just that */
			snprintf(number, sizeof number, "node %u.%u", index, ++tries);
		node = agnode(where, number, 1);
	} else if (text.data) {
		node = agnode(where, text.data, 1);
	}
	free(text.data);
	return node;
}

static void label_node(struct builder *builder, uint32_t index, Agnode_t *node)
{
	const struct fold_node *drawn = &builder->fold.nodes[index];
	struct text text;

	if (drawn->source == REPORT_NONE) {
		style_folded(builder, drawn, node);
	} else if (is_cluster(builder, drawn)) {
		picture_set(node, "shape", "plain");
		picture_set(node, "style", "solid");
		if (text_open(builder, &text)) {
			write_domain(builder, index, text.out);
			text_set(builder, &text, node, "label", true);
		}
	} else {
		style_box(builder, drawn, node);
		if (text_open(builder, &text)) {
			write_node_label(builder, drawn, text.out);
			text_set(builder, &text, node, "label", false);
		}
	}
}

static void add_node(struct builder *builder, uint32_t index)
{
	const struct fold_node *drawn = &builder->fold.nodes[index];
	Agraph_t *where = drawn->group == REPORT_NONE ? builder->graph : builder->groups[drawn->group];
	Agnode_t *node;
	struct text text;

	if (where && is_cluster(builder, drawn))
		where = add_cluster(builder, index, where);
	node = where ? add_named(builder, where, index) : NULL;
	builder->nodes[index] = node;
	if (!node) {
		builder->failed = true;
		return;
	}
	picture_set_text(builder, node, "id", "n%u", index);
	picture_set_text(builder, node, "URL", "#n%u", index);
	label_node(builder, index, node);
	if (!text_open(builder, &text))
		return;
	if (drawn->source == REPORT_NONE)
		write_folded_tooltip(builder, index, text.out);
	else
		write_node_tooltip(builder, drawn, text.out);
	text_set(builder, &text, node, "tooltip", false);
}

static void add_group(struct builder *builder, uint32_t index)
{
	char name[32];
	Agraph_t *group;
	struct text text;

	snprintf(name, sizeof name, "cluster_%u", index);
	group = builder->groups[index] = agsubg(builder->graph, name, 1);
	if (!group) {
		builder->failed = true;
		return;
	}
	picture_set_text(builder, group, "id", "g%u", index);
	picture_set(group, "fontsize", "16");
	picture_set(group, "margin", "14"); /* points here; of the whole graph it would be inches */
	if (text_open(builder, &text)) {
		label_write(text.out, builder->report->groups[index].name, 60, 0);
		text_set(builder, &text, group, "label", false);
	}
	if (text_open(builder, &text)) {
		label_write(text.out, builder->report->groups[index].name, 0, 0);
		text_set(builder, &text, group, "tooltip", false);
	}
}

void picture_add_boxes(struct builder *builder)
{
	for (uint32_t i = 0; i < builder->fold.node_count && !builder->failed; i++) {
		uint32_t group = builder->fold.nodes[i].group;
		if (group != REPORT_NONE && !builder->groups[group])
			add_group(builder, group);
		add_node(builder, i);
	}
}
