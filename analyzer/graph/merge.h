/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From linked chunks to the graph's arrays. Private to graph/. */
#ifndef SIGHTLINE_GRAPH_MERGE_H
#define SIGHTLINE_GRAPH_MERGE_H

#include "graph/link.h"

/* Fills everything of graph but the unit counts. per_file_configurations: for each file of linker->paths, its commands'
 * hashes in order (NULL-terminated) where the file is compiled more than once, else NULL. */
void graph_merge(struct graph *graph, struct linker *linker, char ***per_file_configurations);

#endif
