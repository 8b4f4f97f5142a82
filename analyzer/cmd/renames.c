/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renames by what files define, so that they are found without a repository, and in one that was unpacked from archives. */
#include "cmd/renames.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

#define SAME 0.5 /* of the functions of the one that has more are defined in both */

struct renames {
	const struct graph *graph;
	const struct gone_file *gone; size_t gone_count;
	struct interner *paths, *names; /* of the gone files; of their functions */
	uint32_t *owner; size_t owner_capacity; /* per name: the first gone file that defines it */
	uint32_t *gone_functions;       /* per gone file */
};

static int read_functions(struct renames *renames, struct model *model, const char *release, struct err *err)
{
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(model, "previous_functions", &release, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		size_t length;
		uint32_t file;
		const char *path = rows_text(rows, 0, &length);
		if (!interner_find(renames->paths, path, length, &file))
			continue;
		const char *name = rows_text(rows, 1, &length);
		uint32_t known = interner_count(renames->names), id = interner_add(renames->names, name, length);
		mem_grow(&renames->owner, &renames->owner_capacity, (size_t)id + 1, sizeof *renames->owner);
		if (id == known)
			renames->owner[id] = file;
		renames->gone_functions[file]++;
	}
	rows_close(rows);
	return result;
}

static void match_functions(const struct renames *renames, const char **domains, bool *taken)
{
	const struct graph *graph = renames->graph;
	struct map64 *shared = map64_create();
	uint32_t *functions = mem_zalloc((size_t)graph->file_count + 1, sizeof *functions);
	for (uint32_t i = 0; i < graph->function_count; i++) {
		uint32_t file = graph->functions[i].file, id, count = 0;
		const char *name = graph->symbols[graph->functions[i].symbol].name;
		functions[file]++;
		if (domains[file] || !interner_find(renames->names, name, strlen(name), &id))
			continue;
		uint64_t key = (uint64_t)file << 32 | renames->owner[id];
		map64_get(shared, key, &count);
		map64_put(shared, key, count + 1);
	}
	for (uint32_t f = 0; f < graph->file_count; f++)
		for (uint32_t g = 0; g < renames->gone_count && !domains[f] && functions[f]; g++) {
			uint32_t count = 0, most = functions[f] > renames->gone_functions[g] ? functions[f] : renames->gone_functions[g];
			if (taken[g] || !map64_get(shared, (uint64_t)f << 32 | g, &count) || count <= SAME * most)
				continue;
			domains[f] = renames->gone[g].domain;
			taken[g] = true;
		}
	map64_destroy(shared);
	free(functions);
}

/* A base name that just one gone and one new file have: it moved to another folder. */
static void match_names(const struct renames *renames, const char **domains, const bool *taken)
{
	const struct graph *graph = renames->graph;
	struct interner *bases = interner_create();
	size_t most = renames->gone_count + graph->file_count + 1;
	uint32_t *old = mem_zalloc(most, sizeof *old), *fresh = mem_zalloc(most, sizeof *fresh);
	uint32_t *gone_of = mem_zalloc(most, sizeof *gone_of);
	for (uint32_t g = 0; g < renames->gone_count; g++) {
		uint32_t base = interner_add_string(bases, path_basename(renames->gone[g].path));
		old[base] += !taken[g];
		gone_of[base] = taken[g] ? gone_of[base] : g;
	}
	for (uint32_t f = 0; f < graph->file_count; f++)
		fresh[interner_add_string(bases, path_basename(graph->files[f].path))] += !domains[f];
	for (uint32_t f = 0; f < graph->file_count; f++) {
		uint32_t base = interner_add_string(bases, path_basename(graph->files[f].path));
		if (!domains[f] && old[base] == 1 && fresh[base] == 1)
			domains[f] = renames->gone[gone_of[base]].domain;
	}
	interner_destroy(bases);
	free(old);
	free(fresh);
	free(gone_of);
}

int renames_apply(struct model *model, const char *release, const struct graph *graph, const struct gone_file *gone,
		  size_t gone_count, const char **domains, struct err *err)
{
	bool has_new = false;
	for (uint32_t f = 0; f < graph->file_count; f++)
		has_new |= !domains[f];
	if (!gone_count || !has_new)
		return 0;
	struct renames renames = {.graph = graph, .gone = gone, .gone_count = gone_count, .paths = interner_create(),
				  .names = interner_create(),
				  .gone_functions = mem_zalloc(gone_count + 1, sizeof *renames.gone_functions)};
	bool *taken = mem_zalloc(gone_count + 1, 1);
	for (size_t g = 0; g < gone_count; g++)
		interner_add_string(renames.paths, gone[g].path);
	int result = read_functions(&renames, model, release, err);
	if (!result) {
		match_functions(&renames, domains, taken);
		match_names(&renames, domains, taken);
	}
	interner_destroy(renames.paths);
	interner_destroy(renames.names);
	free(renames.owner);
	free(renames.gone_functions);
	free(taken);
	return result;
}
