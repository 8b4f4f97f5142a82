/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layout.h"

#include <string.h>

#define TOWER 1.5 /* times as high as wide */

/* A page or a screen is wider than it is high: where layers stacked from top to bottom make a tower, they are
 * put from left to right. */
int layout_run(GVC_t *gvc, struct picture *picture)
{
	if (gvLayout(gvc, picture->graph, "dot") != 0)
		return -1;
	boxf box = GD_bb(picture->graph);
	if (box.UR.y - box.LL.y <= TOWER * (box.UR.x - box.LL.x) || strcmp(agget(picture->graph, "rankdir"), "TB") != 0)
		return 0;
	gvFreeLayout(gvc, picture->graph);
	agset(picture->graph, "rankdir", "LR");
	return gvLayout(gvc, picture->graph, "dot");
}
