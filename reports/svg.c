/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture as SVG: laid out and drawn by Graphviz, then given a style sheet that lights up what belongs to the box
 * or arrow under the mouse (or clicked). No script.
 *
 * Only the two plugins linked in are used, so that neither a missing plugin registry nor the fonts of the machine
 * change the result: Graphviz then estimates widths from its built-in Helvetica metrics. */
#include "writers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "picture.h"

extern gvplugin_library_t gvplugin_core_LTX_library;
extern gvplugin_library_t gvplugin_dot_layout_LTX_library;

static void write_style(FILE *out, const struct picture *picture)
{
	fputs("<style>\n"
	      "a:hover{cursor:pointer}\n"
	      ".node,.edge{transition:opacity .12s}\n"
	      ".node a:hover path,.node:target path,.cluster a:hover path{stroke-width:3}\n"
	      ".edge a:hover path,.edge:target path{stroke:#0b5cad}\n"
	      "svg:has(.node:hover,[id^=c]:hover) .edge,"
	      "svg:has(.node:target):not(:has(.node:hover,[id^=c]:hover)) .edge{opacity:.08}\n",
	      out);
	for (size_t i = 0; i < picture->nodes; i++)
		fprintf(out, "svg:has(#n%zu:hover,#c%zu:hover) :is(.f%zu,.t%zu),"
			"svg:has(#n%zu:target):not(:has(.node:hover,[id^=c]:hover)) :is(.f%zu,.t%zu){opacity:1}\n",
			i, i, i, i, i, i, i);
	fputs("</style>\n", out);
}

/* Copies Graphviz's SVG: the style sheet goes in after the opening tag; line breaks within attribute values become
 * references, or a viewer would join a tooltip's lines; its own comments (a version, the names again) go. */
static void copy_svg(const char *svg, size_t length, const struct picture *picture, FILE *out)
{
	bool in_tag = false, is_root = false, styled = false;
	char quote = 0;

	for (size_t i = 0; i < length; i++) {
		char c = svg[i];

		if (!in_tag && strncmp(svg + i, "<!--", 4) == 0) {
			const char *end = strstr(svg + i, "-->");
			if (!end)
				return;
			i = (size_t)(end - svg) + 2;
			if (svg[i + 1] == '\n')
				i++;
			continue;
		}
		if (!in_tag && c == '<') {
			in_tag = true;
			is_root = strncmp(svg + i, "<svg", 4) == 0;
		} else if (in_tag && quote == 0 && (c == '"' || c == '\'')) {
			quote = c;
		} else if (in_tag && c == quote) {
			quote = 0;
		}
		if (is_root && !styled && quote && strncmp(svg + i, "pt\"", 3) == 0) {
			i++; /* points are no unit of a screen: some viewers then draw at 3/4 of the size they set aside */
			continue;
		}
		if (quote && c == '\n') {
			fputs("&#10;", out);
			continue;
		}
		fputc(c, out);
		if (in_tag && quote == 0 && c == '>') {
			in_tag = false;
			if (is_root && !styled) {
				fputc('\n', out);
				write_style(out, picture);
				styled = true;
			}
		}
	}
}

/* Lays out and draws; *svg is Graphviz's, freed with gvFreeRenderData. */
static int render(GVC_t *gvc, struct picture *picture, char **svg, unsigned *length)
{
	int status = -1;

	if (layout_run(gvc, picture) != 0)
		return -1;
	if (gvRenderData(gvc, picture->graph, "svg", svg, length) == 0 && *svg)
		status = 0;
	gvFreeLayout(gvc, picture->graph);
	return status;
}

int svg_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	const lt_symlist_t plugins[] = {
		{ "gvplugin_core_LTX_library", &gvplugin_core_LTX_library },
		{ "gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library },
		{ NULL, NULL },
	};
	struct picture picture = { 0 };
	char *svg = NULL, *text = NULL;
	unsigned svg_length = 0;
	size_t length = 0;
	FILE *stream = NULL;
	GVC_t *gvc = NULL;
	int status = -1;

	if (picture_build(report, &picture, error) < 0)
		return -1;
	gvc = gvContextPlugins(plugins, 0);
	stream = open_memstream(&text, &length);
	if (gvc && stream && render(gvc, &picture, &svg, &svg_length) == 0) {
		copy_svg(svg, svg_length, &picture, stream);
		status = 0;
	} else {
		snprintf(error->text, sizeof error->text, "drawing SVG: Graphviz failed: %s", picture_message());
	}
	if (stream && fclose(stream) != 0)
		status = -1;
	if (status == 0)
		status = output->write(output->context, text, length);
	free(text);
	if (svg)
		gvFreeRenderData(svg);
	picture_finish(&picture);
	if (gvc)
		gvFreeContext(gvc);
	return status;
}
