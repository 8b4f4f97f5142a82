/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which fields of different records hold the same functions. */
#ifndef SIGHTLINE_ANALYSIS_INDIRECT_RECORDS_H
#define SIGHTLINE_ANALYSIS_INDIRECT_RECORDS_H

#include "graph/graph.h"

/* What is in slot source may be in slot target. */
typedef void records_link(void *context, uint32_t source, uint32_t target);

/* Calls link for the field slots of records that are one type in several files (both ways), and from records into a
 * type that is only ever laid over them. In an order that follows from the graph alone. */
void records_unite(const struct graph *graph, records_link *link, void *context);

#endif
