/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What entry points reach, by known calls. Pure. */
#ifndef SIGHTLINE_ANALYSIS_REACH_H
#define SIGHTLINE_ANALYSIS_REACH_H

#include "analysis/entry_points.h"

struct reach_flow { uint32_t entry, symbol, depth; }; /* entry: a symbol; depth: fewest calls from it */
struct reach_result {
	struct entry_points entries;
	uint32_t *reaches;                                /* per entry: functions of the codebase that it reaches, itself included */
	struct reach_flow *flows;    size_t flow_count;   /* sorted by entry, symbol */
	size_t flows_wanted, flows_kept;                  /* functions that are an entry point, and those whose flow is in flows */
	bool *reachable;                                  /* per symbol: a function that some entry point reaches */

	/* The code bounded by entry points: a partition of the functions. An entry point begins the part of its own; a function
	 * belongs to a part where every way to it from outside comes last through entry points of that part, else to the common
	 * one. Each main, thread, signal handler, constructor and destructor is a part, and so are the exports of one domain
	 * together. Callbacks are reached from where they are handed over, and are a part only where nothing else reaches that. */
	struct reach_part { const char *kind; uint32_t symbol /* of the entry; exports, callbacks: GRAPH_NONE */, domain /* of these */; }
		*parts; uint32_t part_count;
	uint32_t *part_of;                                /* per function: into parts, REACH_COMMON or REACH_NOWHERE */
};
#define REACH_NOWHERE UINT32_MAX
#define REACH_COMMON (UINT32_MAX - 1)

/* Flows of mains, threads, signal handlers, constructors and destructors come first, up to 1,000,000 rows; those of callbacks and exports,
 * which in a library are as many as it has functions, share ten rows per function of the codebase (20,000 at least), the
 * smallest first. What is left out has its number in reaches all the same. */
void reach_compute(const struct graph *graph, const struct indirect_result *indirect, struct reach_result *out);
/* Fills parts and part_of. domain_of: per file. */
void reach_divide(const struct graph *graph, const struct indirect_result *indirect, const uint32_t *domain_of,
		  struct reach_result *out);
void reach_result_finish(struct reach_result *result);

#endif
