/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Indirect calls: which functions a call through a pointer may reach, and how sure that is. Pure. */
#ifndef SIGHTLINE_ANALYSIS_INDIRECT_H
#define SIGHTLINE_ANALYSIS_INDIRECT_H

#include "graph/graph.h"

struct indirect_result {
	struct graph_call *calls;   /* sorted by caller, callee; basis: "field", "flow", "signature"; heap */
	size_t count;
	/* for coverage */
	size_t sites, sites_resolved, sites_by_field, sites_by_flow, sites_by_signature;
	double mean_candidates;     /* per resolved site */
	/* functions given to functions outside the codebase (callbacks): (outside function, argument, function) */
	struct indirect_callback { uint32_t outside, argument, function; } *callbacks;
	size_t callback_count;
};
void indirect_resolve(const struct graph *graph, struct indirect_result *out);
void indirect_result_finish(struct indirect_result *result);

#endif
