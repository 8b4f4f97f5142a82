/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layout.h"

#include <math.h>
#include <string.h>

#define PAGE 1.4    /* times as wide as high: screens and slides */
#define MOST_OFF 0.75 /* of log(ratio / PAGE): from 1.5 times as high as wide to 3 times as wide as high */

/* How far from a page's shape. */
static double off_page(const Agraph_t *graph)
{
	boxf box = GD_bb(graph);
	double width = box.UR.x - box.LL.x, height = box.UR.y - box.LL.y;

	return width > 0 && height > 0 ? fabs(log(width / height / PAGE)) : 0;
}

static int lay_out_again(GVC_t *gvc, struct picture *picture, char *direction)
{
	gvFreeLayout(gvc, picture->graph);
	agset(picture->graph, "rankdir", direction);
	return gvLayout(gvc, picture->graph, "dot");
}

/* Where layers stacked from top to bottom make a tower or a ribbon, they are put from left to right, unless that is worse. */
int layout_run(GVC_t *gvc, struct picture *picture)
{
	double off;

	if (gvLayout(gvc, picture->graph, "dot") != 0)
		return -1;
	off = off_page(picture->graph);
	if (off <= MOST_OFF || strcmp(agget(picture->graph, "rankdir"), "TB") != 0)
		return 0;
	if (lay_out_again(gvc, picture, "LR") != 0)
		return -1;
	return off_page(picture->graph) <= off ? 0 : lay_out_again(gvc, picture, "TB");
}
