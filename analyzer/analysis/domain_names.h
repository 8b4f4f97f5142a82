/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names for discovered domains. Private to analysis/. */
#ifndef SIGHTLINE_ANALYSIS_DOMAIN_NAMES_H
#define SIGHTLINE_ANALYSIS_DOMAIN_NAMES_H

struct arena;
struct discovery;

/* Gives each of d's groups a name: unique, and none of the fixed ones. names: d->group_count entries; in d's arena; those
 * that are not NULL stay. */
void domain_names(const struct discovery *d, const char **names);

/* "src/xml_parser.c" -> "xml_parser" */
char *domain_stem(const char *path, struct arena *arena);

#endif
