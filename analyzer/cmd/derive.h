/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a manifest to a stored release: graph, analysis, snapshot. */
#ifndef SIGHTLINE_CMD_DERIVE_H
#define SIGHTLINE_CMD_DERIVE_H

#include "base/progress.h"
#include "check/rules.h"
#include "config/config.h"
#include "graph/graph.h"
#include "model/model.h"

/* Numbers for the closing words of a scan. */
struct derive_summary {
	uint32_t units, units_ok, units_partial, units_failed, missing_headers;
	uint32_t files, lines, functions, direct_calls, indirect_calls, domains;
	size_t indirect_sites, indirect_resolved;
	double mean_candidates, debt_score;
	struct rule_set rules; /* with what was wrong with them */
	size_t observations, observations_dropped; /* dropped: of another manifest that had this release's name */
	char *reference_notes; /* heap: lines on what of the reference and the code have no counterpart; NULL: no reference */
	double cold_gain; /* how much more modularity domains found from nothing have than those kept; 0 where none were */
};

#define DERIVE_COPY_BYTES (INT64_C(1536) << 20) /* rows of a larger model are read by one thread alone */
#define DERIVE_AHEAD_BYTES (INT64_C(256) << 20) /* a larger model is not read before it is known what of it is needed */

struct domains_options;

/* Analyses a release's facts, joins its observations and writes manifest and snapshot in one transaction, then the derive key.
 * graph: as loaded by graph_load for these units, is taken; NULL: it is loaded. asked: how domains are to be found (NULL: as
 * release->discovery says); what is declared and known comes from config and model. Errors: of the model, the graph or the domain
 * discovery. */
int derive_release(struct model *model, const struct model_release *release, const struct config *config, struct graph *graph,
		   const struct domains_options *asked, const struct progress *progress, struct derive_summary *summary,
		   struct err *err);

/* What a snapshot is derived with, beside the manifest and the observations: this program, the configuration and what was asked
 * for. */
struct hash128 derive_key(const struct config *config, const struct domains_options *asked);

/* Tells on stderr what was wrong with rules and what of a reference has no counterpart, and frees it. *summary: as filled, or zeroed. */
void derive_summary_finish(struct derive_summary *summary);

#endif
