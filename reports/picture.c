/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as a cgraph graph: its defaults, and the helpers that all who build it use. fold.c decides what is drawn,
 * label.c how foreign text is written. */
#include "picture.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "picture_internal.h"

#define FONT "Helvetica,Arial,sans-serif"

/* ColorBrewer's YlOrBr, legible to colour-blind readers and in grey: its lightness only falls. pale: behind text of
 * any colour of ours. */
const struct debt_class picture_debt_scale[DEBT_CLASSES] = {
	{ "#fff8dc", "#fffdf3", INK, "#b8a76a", "0\xE2\x80\x93" "20" },
	{ "#fee391", "#fff5d2", INK, "#b3923a", "20\xE2\x80\x93" "40" },
	{ "#fdb04a", "#fee3bd", INK, "#b06a12", "40\xE2\x80\x93" "60" },
	{ "#cc4c02", "#f6c3a2", "#ffffff", "#7f2f01", "60\xE2\x80\x93" "80" },
	{ "#7a2605", "#dfa68f", "#ffffff", "#4a1602", "80\xE2\x80\x93" "100" },
};

const struct debt_class *picture_debt_class(double debt)
{
	if (!(debt > 0))
		return &picture_debt_scale[0];
	return &picture_debt_scale[debt >= 100 ? DEBT_CLASSES - 1 : (size_t)(debt / 100 * DEBT_CLASSES)];
}

long picture_debt_number(double debt)
{
	return lround(fmin(fmax(debt, 0), 100));
}

bool text_open(struct builder *builder, struct text *text)
{
	text->out = open_memstream(&text->data, &text->length);
	builder->failed |= !text->out;
	return text->out;
}

void text_set(struct builder *builder, struct text *text, void *object, const char *name, bool html)
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

void picture_set(void *object, const char *name, const char *value)
{
	agsafeset(object, (char *)name, (char *)value, "");
}

void picture_set_text(struct builder *builder, void *object, const char *name, const char *format, ...)
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

void picture_set_hundredths(struct builder *builder, void *object, const char *name, double value)
{
	long hundredths = lround(value * 100);

	picture_set_text(builder, object, name, "%ld.%02ld", hundredths / 100, hundredths % 100);
}

static void set_defaults(Agraph_t *graph)
{
	static const struct { int kind; const char *name, *value; } defaults[] = {
		{ AGRAPH, "charset", "UTF-8" }, { AGRAPH, "linelength", "0" }, { AGRAPH, "rankdir", "TB" },
		{ AGRAPH, "bgcolor", "#fdfdfc" }, { AGRAPH, "pad", "0.4" }, { AGRAPH, "nodesep", "0.2" },
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
	/* Files in focus are many flat boxes: in columns they fill a page, in rows they would run out of it. */
	for (size_t i = 0; i < report->node_count; i++)
		if (report->nodes[i].is_outside)
			picture_set(builder.graph, "rankdir", "LR");
	picture_set_title(&builder);
	picture_add_boxes(&builder);
	picture_add_arrows(&builder);
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
