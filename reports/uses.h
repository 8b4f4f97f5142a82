/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which node uses which, completely: what C4 diagrams tell, so that one can be held against the code. */
#ifndef SIGHTLINE_REPORTS_USES_H
#define SIGHTLINE_REPORTS_USES_H

#include "report.h"

struct use {
	uint32_t from, to;               /* index into report.nodes, never equal */
	const struct report_edge *edge;  /* NULL: files of the one only include files of the other */
};

/* One per pair, by from and to. *out is malloc'd. 0, or -1 for want of memory. */
int uses_gather(const struct report *report, struct use **out, size_t *count);

#endif
