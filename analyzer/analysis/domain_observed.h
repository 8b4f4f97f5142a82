/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What recorded runs say of which files belong together, for domains_options.observed. Pure. */
#ifndef SIGHTLINE_ANALYSIS_DOMAIN_OBSERVED_H
#define SIGHTLINE_ANALYSIS_DOMAIN_OBSERVED_H

#include "analysis/domains.h"
#include "analysis/observed.h"

/* Of all that against dependencies. At twice and half of it redis and git are still nearer to what people say than without
 * (docs/domains.md). */
#define DOMAIN_OBSERVED_WEIGHT 0.3

/* Between files; sorted, distinct; heap. Nothing observed: none. */
struct weighted_edge *domain_observed_edges(const struct graph *graph, const struct observed_result *observed, size_t *count);

#endif
