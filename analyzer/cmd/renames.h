/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are the same under another path: those of the release before that are gone, among today's new ones. */
#ifndef SIGHTLINE_CMD_RENAMES_H
#define SIGHTLINE_CMD_RENAMES_H

#include "graph/graph.h"

struct gone_file { const char *path, *domain; };

/* domains: per file of the graph, NULL where nothing is known; a new file that continues a gone one gets its domain: where
 * both define mostly the same functions, or, where one defines none, both alone have its base name. */
int renames_apply(struct model *model, const char *release, const struct graph *graph, const struct gone_file *gone,
		  size_t gone_count, const char **domains, struct err *err);

#endif
