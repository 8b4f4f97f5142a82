/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What recorded runs say of a release: the functions they name are bound to its symbols, and what they counted is summed.
 * Pure. observed_bind.c binds, observed.c sums up. */
#ifndef SIGHTLINE_ANALYSIS_OBSERVED_H
#define SIGHTLINE_ANALYSIS_OBSERVED_H

#include "facts/observation.h"
#include "graph/graph.h"

/* ---- is it of this build? ---- */

/* Less than this share of matched functions: of another build. */
#define OBSERVED_MATCH_WANTED 0.99

struct observed_identity {
	uint64_t described;  /* functions that debug information places in files of the release */
	uint64_t elsewhere;  /* in files of the codebase that the release does not have: excluded, or not compiled into it */
	uint64_t matched;    /* of these, how many the release defines in that file, by that name, at that line */
	uint64_t by_name;    /* functions without debug information that only their name binds */
	struct observed_stranger { /* the first that do not match; strings borrowed from the observation */
		const char *file, *name;
		uint64_t line;
		uint32_t line_in_release; /* 0: the file has no such function there */
	} strangers[3];
	size_t stranger_count;
};
void observed_identify(const struct graph *graph, const struct observation *observation, struct observed_identity *out);
bool observed_is_foreign(const struct observed_identity *identity);

/* ---- what was seen ---- */

/* Symbols here are those of the graph, and behind them (graph->symbol_count + i) outside[i]: functions outside the codebase that
 * the static side does not name. "[file]" stands for all functions of a loaded file that have no name. */
struct observed_outside { const char *name, *scope_path; };
struct observed_call { /* sorted by caller, callee; at least one of them defined in the codebase */
	uint32_t caller, callee;
	uint64_t count;      /* calls; where none was counted samples, else call stacks */
	const char *how;     /* what count is: "exact", "inlined", "tail", "sampled" or "stack": the weakest that went into it */
	uint32_t line;       /* in the caller's file, of the call seen first; 0: not known */
	uint64_t first;      /* order of first sight over all observations */
	bool is_doubtful;    /* for all of its calls the caller may be another function, which then jumped to the callee */
};
struct observed_flow_call { uint32_t entry; struct observed_call call; }; /* sorted by entry, caller, callee */
struct observed_flow { uint32_t entry, symbol, depth; }; /* sorted; depth: fewest observed calls, GRAPH_NONE: not known */
struct observed_entry { uint32_t symbol; const char *kind; uint64_t count; }; /* sorted by symbol, kind */
struct observed_resource { const char *kind, *name, *type; };
struct observed_use { /* sorted by symbol, resource, operation */
	uint32_t symbol, resource;
	const char *operation;
	uint64_t count, errors, bytes, ns;
	uint32_t line;
};
struct observed_order { uint32_t held, taken /* resources */, symbol; uint64_t count; };
struct observed_coverage { const char *what; uint64_t seen, total; };

struct observed_result {
	struct arena *arena;               /* of all strings and arrays */
	size_t observations;
	struct observed_outside *outside;  uint32_t outside_count;
	struct observed_call *calls;       size_t call_count;
	struct observed_flow_call *flow_calls; size_t flow_call_count;
	struct observed_flow *flows;       size_t flow_count;
	struct observed_entry *entries;    size_t entry_count;
	struct observed_resource *resources; uint32_t resource_count;
	struct observed_use *uses;         size_t use_count;
	struct observed_order *orders;     size_t order_count;
	struct observed_coverage *coverage; size_t coverage_count; /* heap; modules and modes, what was lost; not functions */
	/* per symbol, outside ones included */
	uint64_t *calls_of;                /* counted */
	uint64_t *total_ns, *self_ns;
	bool *is_seen;                     /* in any way */
};
/* Same observations in the same order, same result. The observations may go afterwards. */
void observed_compute(const struct graph *graph, const struct observation *observations, size_t count,
		      struct observed_result **out);
void observed_result_destroy(struct observed_result *result);

#endif
