/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names for discovered domains. Private to analysis/. */
#ifndef SIGHTLINE_ANALYSIS_DOMAIN_NAMES_H
#define SIGHTLINE_ANALYSIS_DOMAIN_NAMES_H

#include "analysis/domains.h"

/* Gives each of count groups of files a name: unique, not in taken (may be NULL-terminated list or NULL).
 * group_of: per file, GRAPH_NONE = not in any. weight: per file, how central it is. Strings live in arena. */
void domain_names(const struct graph *graph, const uint32_t *group_of, uint32_t count, const double *weight,
		  const char *const *taken, struct arena *arena, const char **names);

/* "xml_parser.c" -> "xml"; the part before the first _ or -; NULL where there is none of 2 letters or more. */
char *domain_prefix(const char *path, struct arena *arena);
/* "src/xml_parser.c" -> "xml_parser" */
char *domain_stem(const char *path, struct arena *arena);

#endif
