/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources that the source itself names: a literal path, variable, host, SQL statement ... given to a function outside the
 * codebase that is known to use it. Which functions: resource_apis.txt and agent/apis.txt. Pure.
 *
 * Names are those that runs give to the same thing (facts/names.h), so that both are one resource. A path without "/" in front is
 * taken to be below the codebase's root, where programs of a tree mostly run; names made at run time, and those given to a wrapper of
 * the codebase's own, are not seen: "coverage" tells how many there are. */
#ifndef SIGHTLINE_ANALYSIS_NAMED_RESOURCES_H
#define SIGHTLINE_ANALYSIS_NAMED_RESOURCES_H

#include "graph/graph.h"

struct named_resource { const char *kind, *name, *type; };
struct named_use { uint32_t symbol /* the function */, resource; const char *operation; uint32_t sites, line /* of the first */; };
struct named_resources {
	struct arena *arena;             /* of names */
	struct named_resource *resources; uint32_t count; /* sorted by kind, name */
	struct named_use *uses;          size_t use_count; /* sorted by symbol, resource, operation; distinct */
	uint64_t sites, sites_named;     /* calls of those functions, and how many of them name something by a literal */
};
void named_resources_find(const struct graph *graph, struct named_resources **out);
void named_resources_destroy(struct named_resources *result);

#endif
