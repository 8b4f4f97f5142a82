/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Known calls between functions of the codebase as lists. Private to analysis/. */
#ifndef SIGHTLINE_ANALYSIS_CALL_LISTS_H
#define SIGHTLINE_ANALYSIS_CALL_LISTS_H

#include "analysis/indirect.h"

/* Numbers are indices into graph->functions. CSR: those that function f calls are target[first[f]] .. target[first[f + 1] - 1]. */
struct call_lists { uint32_t *first, *target; };
/* handed_over (per symbol, may be NULL): where it says so, a function counts as called by whoever takes its address. */
void call_lists_build(const struct graph *graph, const struct indirect_result *indirect, const bool *handed_over, struct call_lists *out);
void call_lists_finish(struct call_lists *lists);

#endif
