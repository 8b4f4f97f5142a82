/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that merge share. Private to graph/merge*.c. */
#ifndef SIGHTLINE_GRAPH_MERGE_ROWS_H
#define SIGHTLINE_GRAPH_MERGE_ROWS_H

#include "graph/merge.h"

struct merge {
	struct graph *graph;
	struct linker *linker;
	char ***configurations;
	uint32_t *file_map;       /* linker file -> graph file */
	uint32_t *symbol_map;     /* linker symbol -> graph symbol */
	struct interner *configuration_sets;
};

/* The graph's symbol for one of a chunk's symbols; GRAPH_NONE where it has none. */
uint32_t merge_symbol(const struct merge *merge, const struct link_chunk *chunk, uint32_t symbol);
/* A copy that lives as long as the graph. */
const char *merge_text(const struct merge *merge, const char *text);
/* The set of configurations that a mask of a file's commands stands for: index into graph.configurations. */
uint32_t merge_configurations(struct merge *merge, uint32_t linker_file, uint64_t mask);

/* ---- rows: collected with a sort key, then united ---- */

struct bag { /* rows of one size, to be sorted and united */
	unsigned char *rows;
	size_t count, capacity, size;
	/* Of many rows: what compare looks at, as for sort_rows; parts 0: qsort will do. */
	unsigned parts;
	uint64_t (*key)(const void *row, unsigned part);
};
void *bag_add(struct bag *bag); /* a zeroed row; dies with the next one */
/* Sorts, then lets unite() fold each run of rows with equal keys into its first. Returns the rows; heap. */
void *bag_finish(struct bag *bag, int (*compare)(const void *, const void *), void (*unite)(void *into, const void *row),
		 uint32_t *count);

/* -1, 0, 1 for a comparison. */
static inline int merge_order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* merge_definitions.c */
void merge_functions(struct merge *merge);
void merge_definitions(struct merge *merge); /* variables, types, macros, declarations */
/* merge_layouts.c: after definitions */
void merge_layouts(struct merge *merge);
/* merge_relations.c */
void merge_calls(struct merge *merge);
/* In a thread of its own: of merge it reads the maps and the chunks' facts, and of the graph it writes the uses alone. */
void merge_uses(struct merge *merge);
void merge_includes(struct merge *merge); /* literals too */
void merge_outcalls(struct merge *merge); /* constants and locks too */
/* merge_flows.c */
void merge_flows(struct merge *merge);

#endif
