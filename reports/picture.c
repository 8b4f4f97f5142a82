/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as a cgraph graph. Decides how things look: sizes, colours, legend; fold.c decides what is drawn, label.c
 * how foreign text is written. */
#include "picture.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "ids.h"
#include "label.h"

#define FONT "Helvetica,Arial,sans-serif"
#define INK "#1f2933"
#define FAINT_INK "#5b6770"
#define CYCLE_COLOUR "#c2123f"
#define LABEL_LIMIT 30
#define SECOND_LINE 20 /* letters of "12.3k lines, debt 45" */
#define NAMES_IN_TOOLTIP 40

/* Debt, low to high: ColorBrewer's YlOrBr, legible to colour-blind readers and in grey: its lightness only falls. */
static const struct { const char *fill, *ink, *border, *range; } debt_scale[] = {
	{ "#fff8dc", INK, "#b8a76a", "0\xE2\x80\x93" "20" },
	{ "#fee391", INK, "#b3923a", "20\xE2\x80\x93" "40" },
	{ "#fdb04a", INK, "#b06a12", "40\xE2\x80\x93" "60" },
	{ "#cc4c02", "#ffffff", "#7f2f01", "60\xE2\x80\x93" "80" },
	{ "#7a2605", "#ffffff", "#4a1602", "80\xE2\x80\x93" "100" },
};
#define DEBT_CLASSES (sizeof debt_scale / sizeof *debt_scale)

/* Everything needed while a graph is being built. A failed allocation is remembered and reported once. */
struct builder {
	const struct report *report;
	struct fold fold;
	Agraph_t *graph;
	Agnode_t **nodes;   /* per fold node */
	Agraph_t **groups;  /* per report group: its cluster, NULL where nothing of it is drawn */
	bool failed;
};

/* A growing string of ours; one open at a time is all that is needed. */
struct text { FILE *out; char *data; size_t length; };

static bool text_open(struct builder *builder, struct text *text)
{
	text->out = open_memstream(&text->data, &text->length);
	builder->failed |= !text->out;
	return text->out;
}

/* Closes text and sets it as an attribute; html: its markup is ours and its foreign parts were escaped. */
static void text_set(struct builder *builder, struct text *text, void *object, const char *name, bool html)
{
	char *value;

	if (fclose(text->out) != 0) {
		builder->failed = true;
		free(text->data);
		return;
	}
	value = html ? agstrdup_html(builder->graph, text->data) : agstrdup(builder->graph, text->data);
	agsafeset(object, (char *)name, value, "");
	agstrfree(builder->graph, value);
	free(text->data);
}

static void set(void *object, const char *name, const char *value)
{
	agsafeset(object, (char *)name, (char *)value, "");
}

__attribute__((format(printf, 4, 5)))
static void set_text(struct builder *builder, void *object, const char *name, const char *format, ...)
{
	struct text text;
	va_list arguments;

	if (!text_open(builder, &text))
		return;
	va_start(arguments, format);
	vfprintf(text.out, format, arguments);
	va_end(arguments);
	text_set(builder, &text, object, name, false);
}

/* Hundredths as "1.23": a decimal point in every locale. */
static void set_hundredths(struct builder *builder, void *object, const char *name, double value)
{
	long hundredths = lround(value * 100);

	set_text(builder, object, name, "%ld.%02ld", hundredths / 100, hundredths % 100);
}

static size_t debt_class(double debt)
{
	if (!(debt > 0))
		return 0;
	return debt >= 100 ? DEBT_CLASSES - 1 : (size_t)(debt / 100 * DEBT_CLASSES);
}

/* ---- nodes ---- */

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
		fprintf(out, " \xC2\xB7 debt %ld", lround(fmin(fmax(node->debt, 0), 100)));
}

static void write_node_tooltip(struct builder *builder, const struct fold_node *drawn, FILE *out)
{
	const struct report_node *node = &builder->report->nodes[drawn->source];

	label_write(out, node->name, 0, 0);
	fputs("\\n", out);
	label_write_count(out, node->size);
	fprintf(out, " lines, %u files, %u functions, debt %ld of 100", node->files, node->functions,
		lround(fmin(fmax(node->debt, 0), 100)));
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

static void style_node(struct builder *builder, const struct fold_node *drawn, Agnode_t *node)
{
	const struct report_node *source = &builder->report->nodes[drawn->source];
	size_t class = debt_class(source->debt);
	/* Area follows lines of code, so the side follows their root. */
	double scale = builder->fold.largest > 0 ? sqrt(drawn->size / builder->fold.largest) : 0;

	double font = 12 + 8 * scale;
	size_t letters = 4 + label_length(source->label ? source->label : source->name, LABEL_LIMIT);

	/* Viewers without Helvetica take fonts up to 0.62 em wide on average: leave room for them. */
	if (letters < SECOND_LINE)
		letters = SECOND_LINE;
	set_hundredths(builder, node, "width", fmax(1.1 + 1.7 * scale, 0.25 + 0.62 / 72 * font * (double)letters));
	set_hundredths(builder, node, "height", 0.55 + 0.9 * scale);
	set_hundredths(builder, node, "fontsize", font);
	if (source->is_outside) {
		set(node, "style", "rounded,filled,dashed");
		set(node, "fillcolor", "#f1f3f5");
		set(node, "color", "#9aa5ae");
		set(node, "fontcolor", FAINT_INK);
	} else {
		set(node, "fillcolor", debt_scale[class].fill);
		set(node, "fontcolor", debt_scale[class].ink);
		set(node, "color", debt_scale[class].border);
	}
	if (source->cycle != REPORT_NONE) {
		set(node, "color", CYCLE_COLOUR);
		set(node, "penwidth", "1.8");
	}
}

static void style_folded(struct builder *builder, const struct fold_node *drawn, Agnode_t *node)
{
	if (drawn->groups_folded > 0)
		set_text(builder, node, "label", "... and %u more\\nin %u groups", drawn->folded, drawn->groups_folded);
	else
		set_text(builder, node, "label", "... and %u more", drawn->folded);
	set(node, "shape", "box");
	set(node, "style", "rounded,dashed");
	set(node, "color", "#9aa5ae");
	set(node, "fontcolor", FAINT_INK);
	set(node, "fontsize", "11");
	set(node, "width", "1.10");
	set(node, "height", "0.40");
}

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
		char number[32];
		snprintf(number, sizeof number, "node %u", index);
		node = agnode(where, number, 1);
	} else if (text.data) {
		node = agnode(where, text.data, 1);
	}
	free(text.data);
	return node;
}

static void add_node(struct builder *builder, uint32_t index)
{
	const struct fold_node *drawn = &builder->fold.nodes[index];
	Agraph_t *where = drawn->group == REPORT_NONE ? NULL : builder->groups[drawn->group];
	Agnode_t *node = add_named(builder, where ? where : builder->graph, index);
	struct text text;

	builder->nodes[index] = node;
	if (!node) {
		builder->failed = true;
		return;
	}
	set_text(builder, node, "id", "n%u", index);
	set_text(builder, node, "URL", "#n%u", index);
	if (drawn->source == REPORT_NONE) {
		style_folded(builder, drawn, node);
	} else {
		style_node(builder, drawn, node);
		if (text_open(builder, &text)) {
			write_node_label(builder, drawn, text.out);
			text_set(builder, &text, node, "label", false);
		}
	}
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
	set_text(builder, group, "id", "g%u", index);
	set(group, "fontsize", "16");
	set(group, "margin", "14"); /* points here; of the whole graph it would be inches */
	if (text_open(builder, &text)) {
		label_write(text.out, builder->report->groups[index].name, 60, 0);
		text_set(builder, &text, group, "label", false);
	}
	if (text_open(builder, &text)) {
		label_write(text.out, builder->report->groups[index].name, 0, 0);
		text_set(builder, &text, group, "tooltip", false);
	}
}

static void add_nodes(struct builder *builder)
{
	for (uint32_t i = 0; i < builder->fold.node_count; i++) {
		uint32_t group = builder->fold.nodes[i].group;
		if (group != REPORT_NONE && !builder->groups[group])
			add_group(builder, group);
		add_node(builder, i);
	}
}

/* ---- edges ---- */

static const char *end_name(const struct builder *builder, uint32_t node)
{
	return builder->report->nodes[builder->fold.nodes[node].source].name;
}

static void set_edge_tooltip(struct builder *builder, const struct fold_edge *drawn, Agedge_t *edge)
{
	const struct report_edge *source = &builder->report->edges[drawn->source];
	struct text text;

	if (!text_open(builder, &text))
		return;
	label_write(text.out, end_name(builder, drawn->from), 80, 0);
	fputs(" \xE2\x86\x92 ", text.out);
	label_write(text.out, end_name(builder, drawn->to), 80, 0);
	fputs("\\nweight ", text.out);
	label_write_count(text.out, drawn->weight);
	fprintf(text.out, ", %u symbols", source->symbols);
	if (drawn->in_cycle)
		fputs(drawn->closes ? "\\n\xE2\x86\xBB closes a dependency cycle" : "\\n\xE2\x86\xBB part of a dependency cycle",
		      text.out);
	if (source->detail && *source->detail) {
		fputs("\\n", text.out);
		label_write(text.out, source->detail, 0, LABEL_LINES);
	}
	text_set(builder, &text, edge, "tooltip", false);
}

/* From faint to dark by strength 0..1, so that what is heavy stands in front. */
static void set_edge_colour(struct builder *builder, Agedge_t *edge, double strength)
{
	static const int light[3] = { 0xc6, 0xcd, 0xd4 }, dark[3] = { 0x3a, 0x47, 0x54 };
	int mixed[3];

	for (int i = 0; i < 3; i++)
		mixed[i] = light[i] + (int)lround((dark[i] - light[i]) * strength);
	set_text(builder, edge, "color", "#%02x%02x%02x", mixed[0], mixed[1], mixed[2]);
}

static void add_edge(struct builder *builder, uint32_t index)
{
	const struct fold_edge *drawn = &builder->fold.edges[index];
	double strength = builder->fold.heaviest > 0 ? log1p(drawn->weight) / log1p(builder->fold.heaviest) : 0;
	Agedge_t *edge;

	/* An edge against the stream is laid out turned round, so that the heavier ones all lead down the page. */
	edge = agedge(builder->graph, builder->nodes[drawn->closes ? drawn->to : drawn->from],
		      builder->nodes[drawn->closes ? drawn->from : drawn->to], NULL, 1);
	if (!edge) {
		builder->failed = true;
		return;
	}
	set_text(builder, edge, "id", "e%u", index);
	set_text(builder, edge, "class", "f%u t%u", drawn->from, drawn->to);
	set_text(builder, edge, "URL", "#e%u", index);
	set_text(builder, edge, "weight", "%d", 1 + (int)lround(strength * strength * 12));
	set_hundredths(builder, edge, "penwidth", 0.7 + 3.3 * strength * strength);
	set_hundredths(builder, edge, "arrowsize", 0.55 + 0.3 * strength);
	if (drawn->closes)
		set(edge, "dir", "back");
	if (drawn->in_cycle && drawn->closes) {
		set(edge, "color", CYCLE_COLOUR);
		set(edge, "style", "dashed");
	} else {
		set_edge_colour(builder, edge, strength);
	}
	set_edge_tooltip(builder, drawn, edge);
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
				set(edge, "style", "invis");
		}
		last = i;
		seen++;
	}
}

/* ---- title and legend ---- */

#define ROW "<TR><TD ALIGN=\"LEFT\">"
#define ROW_END "</TD></TR>"
#define TABLE "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\" ALIGN=\"LEFT\">"

/* Every piece stands in a cell of its own: a viewer's font may be wider than the one it was measured with. */
static void write_legend(FILE *out)
{
	fputs(ROW TABLE "<TR><TD>debt</TD>", out);
	for (size_t i = 0; i < DEBT_CLASSES; i++)
		fprintf(out, "<TD BGCOLOR=\"%s\" BORDER=\"1\" COLOR=\"%s\" WIDTH=\"52\"><FONT COLOR=\"%s\">%s</FONT></TD>",
			debt_scale[i].fill, debt_scale[i].border, debt_scale[i].ink, debt_scale[i].range);
	fputs("</TR></TABLE>" ROW_END
	      ROW "bigger box: more lines of code" ROW_END
	      ROW "arrow: uses; thicker and darker: more references" ROW_END
	      ROW "<FONT COLOR=\"" CYCLE_COLOUR "\">\xE2\x86\xBB red border: in a dependency cycle; "
	      "red dashed arrow: closes a cycle against heavier arrows</FONT>" ROW_END, out);
}

static void write_notes(const struct builder *builder, FILE *out)
{
	const struct fold *fold = &builder->fold;

	if (fold->nodes_folded > 0) {
		fprintf(out, ROW "%zu of %zu boxes, the smaller ones, are folded into dashed boxes",
			fold->nodes_folded, builder->report->node_count);
		if (fold->edges_folded > 0) {
			fprintf(out, "; their %zu dependencies (weight ", fold->edges_folded);
			label_write_count(out, fold->folded_weight);
			fputs(") are not drawn", out);
		}
		fputs(ROW_END, out);
	}
	if (fold->edges_hidden > 0) {
		fprintf(out, ROW "%zu of %zu dependencies, the lighter ones (weight ", fold->edges_hidden,
			fold->edges_hidden + fold->edge_count);
		label_write_count(out, fold->hidden_weight);
		fputs("), are not drawn" ROW_END, out);
	}
}

static void set_title(struct builder *builder)
{
	const struct report *report = builder->report;
	struct text text;

	if (!text_open(builder, &text))
		return;
	fputs("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\">" ROW
	      "<FONT POINT-SIZE=\"26\"><B>", text.out);
	label_write(text.out, report->title, 80, LABEL_HTML);
	fputs("</B></FONT>" ROW_END ROW "<FONT POINT-SIZE=\"15\" COLOR=\"" FAINT_INK "\">release ", text.out);
	label_write(text.out, report->release, 60, LABEL_HTML);
	fputs("</FONT>" ROW_END, text.out);
	if (report->subtitle && *report->subtitle) {
		fputs(ROW "<FONT POINT-SIZE=\"15\">", text.out);
		label_write(text.out, report->subtitle, 160, LABEL_HTML);
		fputs("</FONT>" ROW_END, text.out);
	}
	write_legend(text.out);
	write_notes(builder, text.out);
	fputs("</TABLE>", text.out);
	text_set(builder, &text, builder->graph, "label", true);
}

static void set_defaults(Agraph_t *graph)
{
	static const struct { int kind; const char *name, *value; } defaults[] = {
		{ AGRAPH, "charset", "UTF-8" }, { AGRAPH, "linelength", "0" }, { AGRAPH, "rankdir", "TB" },
		{ AGRAPH, "bgcolor", "#fdfdfc" }, { AGRAPH, "pad", "0.4" }, { AGRAPH, "nodesep", "0.35" },
		{ AGRAPH, "ranksep", "0.75" }, { AGRAPH, "splines", "true" }, { AGRAPH, "outputorder", "edgesfirst" },
		{ AGRAPH, "fontname", FONT }, { AGRAPH, "fontsize", "13" }, { AGRAPH, "fontcolor", INK },
		{ AGRAPH, "labelloc", "t" }, { AGRAPH, "labeljust", "l" }, { AGRAPH, "newrank", "true" },
		{ AGRAPH, "nslimit", "4" }, { AGRAPH, "nslimit1", "4" }, { AGRAPH, "mclimit", "1" },
		{ AGRAPH, "style", "rounded,filled" }, { AGRAPH, "fillcolor", "#f3f5f7" }, { AGRAPH, "color", "#d3d9de" },
		{ AGRAPH, "tooltip", " " },
		{ AGNODE, "shape", "box" }, { AGNODE, "style", "rounded,filled" }, { AGNODE, "fontname", FONT },
		{ AGNODE, "margin", "0.16,0.07" }, { AGNODE, "fontsize", "12" }, { AGNODE, "penwidth", "1" },
		{ AGNODE, "color", "#9aa5ae" }, { AGNODE, "fillcolor", "#ffffff" }, { AGNODE, "fontcolor", INK },
		{ AGEDGE, "fontname", FONT }, { AGEDGE, "fontsize", "10" },
	};

	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		agattr(graph, defaults[i].kind, (char *)defaults[i].name, (char *)defaults[i].value);
}

/* ---- Graphviz's messages ---- */

static char first_message[200];

/* Graphviz calls it with pieces: "Error: ", then the text. */
static int keep_message(char *message)
{
	size_t used = strlen(first_message);

	if (used > 0 && first_message[used - 1] == '\n')
		return 0;
	snprintf(first_message + used, sizeof first_message - used, "%s", message);
	return 0;
}

const char *picture_message(void)
{
	first_message[strcspn(first_message, "\n")] = 0;
	return first_message;
}

int picture_build(const struct report *report, struct picture *out, struct report_error *error)
{
	struct builder builder = { .report = report };
	int status = -1;

	first_message[0] = 0;
	agseterr(AGERR);
	agseterrf(keep_message);
	error->text[0] = 0;
	if (fold_build(report, &builder.fold) < 0)
		goto out;
	builder.nodes = calloc(builder.fold.node_count + 1, sizeof *builder.nodes);
	builder.groups = calloc(report->group_count + 1, sizeof *builder.groups);
	builder.graph = agopen("sightline", Agdirected, ids_discipline());
	if (!builder.nodes || !builder.groups || !builder.graph)
		goto out;
	set_defaults(builder.graph);
	set_title(&builder);
	add_nodes(&builder);
	for (uint32_t i = 0; i < builder.fold.edge_count && !builder.failed; i++)
		add_edge(&builder, i);
	for (uint32_t i = 0; i < report->group_count && !builder.failed; i++)
		if (builder.groups[i])
			stack_loose(&builder, i);
	stack_loose(&builder, REPORT_NONE);
	if (builder.failed)
		goto out;
	*out = (struct picture){ builder.graph, builder.fold.node_count, builder.fold.edge_count };
	builder.graph = NULL;
	status = 0;
out:
	if (status < 0) {
		snprintf(error->text, sizeof error->text, "drawing the picture: %s",
			 *picture_message() ? picture_message() : "out of memory");
		if (builder.graph)
			agclose(builder.graph);
		agseterrf(NULL);
	}
	free(builder.nodes);
	free(builder.groups);
	fold_finish(&builder.fold);
	return status;
}

void picture_finish(struct picture *picture)
{
	if (picture->graph)
		agclose(picture->graph);
	picture->graph = NULL;
	agseterrf(NULL);
}
