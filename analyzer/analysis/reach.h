/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entry points and what they reach. Pure. */
#ifndef SIGHTLINE_ANALYSIS_REACH_H
#define SIGHTLINE_ANALYSIS_REACH_H

#include "analysis/indirect.h"

struct reach_entry { uint32_t symbol; const char *kind; /* main thread signal constructor destructor callback export */ };
struct reach_flow { uint32_t entry, symbol, depth; }; /* entry: a symbol; depth: fewest calls from it */
struct reach_result {
	struct reach_entry *entries; size_t entry_count;  /* sorted */
	struct reach_flow *flows;    size_t flow_count;   /* of main, thread, signal, constructor, destructor entries; sorted */
	bool *reachable;                                  /* per symbol */
};
void reach_compute(const struct graph *graph, const struct indirect_result *indirect, struct reach_result *out);
void reach_result_finish(struct reach_result *result);

#endif
