/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture as PNG: laid out and drawn by Graphviz through its cairo plugin, with the machine's fonts.
 *
 * That plugin brings a dozen libraries along. It is loaded when a PNG is asked for, by its full path, so that no other command
 * pays for it and a machine without it still writes every other format. */
#include "writers.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>

#include "layout.h"
#include "picture.h"

#define SHARP 144.0        /* dots per inch: two pixels a point, for screens of today */
#define MOST_PIXELS 6000.0 /* of the longer side: what viewers, wikis and chats still take */
#define PER_INCH 72.0      /* points */

extern gvplugin_library_t gvplugin_core_LTX_library;
extern gvplugin_library_t gvplugin_dot_layout_LTX_library;

static gvplugin_library_t *load_cairo(struct report_error *error)
{
	void *handle = dlopen(GRAPHVIZ_PLUGINS "/libgvplugin_pango.so.6", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	gvplugin_library_t *library = handle ? dlsym(handle, "gvplugin_pango_LTX_library") : NULL;

	if (!library)
		snprintf(error->text, sizeof error->text,
			 "drawing PNG: Graphviz's cairo plugin is missing (%s); install it, or write svg", dlerror());
	return library;
}

/* Two pixels a point where that fits, fewer where the picture is large. */
static void set_resolution(struct picture *picture)
{
	boxf box = GD_bb(picture->graph);
	double longer = fmax(box.UR.x - box.LL.x, box.UR.y - box.LL.y) + PER_INCH;

	GD_drawing(picture->graph)->dpi = fmin(SHARP, MOST_PIXELS / longer * PER_INCH);
}

static int draw(GVC_t *gvc, struct picture *picture, char **png, unsigned *length)
{
	int status;

	if (layout_run(gvc, picture) != 0)
		return -1;
	set_resolution(picture);
	status = gvRenderData(gvc, picture->graph, "png:cairo", png, length);
	gvFreeLayout(gvc, picture->graph);
	return status == 0 && *png ? 0 : -1;
}

int png_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	gvplugin_library_t *cairo;
	struct picture picture = { 0 };
	char *png = NULL;
	unsigned length = 0;
	/* Kept for the next picture: the plugin remembers font names that belong to it (Graphviz 2.42), and reads them again. */
	static GVC_t *gvc;
	int status = -1;

	error->text[0] = 0;
	cairo = load_cairo(error);
	if (!cairo || picture_build(report, &picture, error) < 0)
		return -1;
	const lt_symlist_t plugins[] = {
		{ "gvplugin_core_LTX_library", &gvplugin_core_LTX_library },
		{ "gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library },
		{ "gvplugin_pango_LTX_library", cairo },
		{ NULL, NULL },
	};
	if (!gvc)
		gvc = gvContextPlugins(plugins, 0);
	if (gvc && draw(gvc, &picture, &png, &length) == 0)
		status = output->write(output->context, png, length);
	else
		snprintf(error->text, sizeof error->text, "drawing PNG: Graphviz failed: %s", picture_message());
	if (png)
		gvFreeRenderData(png);
	picture_finish(&picture);
	return status;
}
