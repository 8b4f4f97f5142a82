/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as a cgraph graph, fully styled but without positions: what dot.c writes and svg.c lays out.
 *
 * cgraph and gvc keep global state (error handlers, attribute tables): one picture at a time. */
#ifndef SIGHTLINE_REPORTS_PICTURE_H
#define SIGHTLINE_REPORTS_PICTURE_H

#include <graphviz/cgraph.h>

#include "report.h"

struct picture {
	Agraph_t *graph;
	size_t nodes, edges;
};

/* Also starts catching what Graphviz would print to stderr, until picture_finish. 0, or -1 with error filled. */
int picture_build(const struct report *report, struct picture *out, struct report_error *error);
void picture_finish(struct picture *picture);

/* The first message that Graphviz reported as an error since picture_build; "" where there was none. */
const char *picture_message(void);

#endif
