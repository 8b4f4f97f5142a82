/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domain discovery, step by step: what is declared, vendored or a test stands first; the labels of the release before
 * are kept where they still cover the code; else the folders are walked, and what no folder tells apart is split by how
 * it is tied.
 *
 * WANTED: the number of domains that people make grows about with the root of the number of files (MAINTAINERS files in
 * the literature: 4-8 for 30, 15-40 for 500). CAP: above a fifth of the code a domain tells a maintainer nothing. KEEP:
 * where that share of files is known from the release before, its domains are kept and only new files are placed. */
#include "analysis/domains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "analysis/domain_names.h"
#include "base/text.h"

#define WANTED 1.0      /* times the root of the number of nodes */
#define FEWEST_WANTED 2
#define CAP 0.2
#define CAP_SMALL 1.5   /* times the mean domain, where a codebase is so small that this is more than CAP */
#define KEEP 0.7
#define SIBLING_TIE 0.1 /* of a node's mean strength: a new file's tie to each file in its folder */

static const char *const FOREIGN_FOLDERS[] = {"deps", "vendor", "vendored", "third_party", "third-party", "thirdparty",
					      "3rdparty", "external", "externals", "extern", "subprojects"};
static const char *const TEST_FOLDERS[] = {"test", "tests", "t", "testing", "testsuite", "unittest", "unittests"};

static bool is_one_of(const char *name, size_t length, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && !strncmp(list[i], name, length))
			return true;
	return false;
}
#define IS_ONE_OF(name, length, list) is_one_of(name, length, list, sizeof(list) / sizeof *(list))

/* "deps/lua/src/lapi.c" -> "lua"; "t/helper/x.c", "lib/tests/x.c" -> "tests"; else NULL. */
static char *fixed_name(const char *path, struct arena *arena)
{
	const char *at = path;
	for (const char *slash = strchr(at, '/'); slash; at = slash + 1, slash = strchr(at, '/')) {
		size_t length = (size_t)(slash - at);
		if (IS_ONE_OF(at, length, FOREIGN_FOLDERS)) {
			const char *next = slash + 1, *end = strchr(next, '/');
			return end ? arena_strndup(arena, next, (size_t)(end - next)) : arena_strndup(arena, at, length);
		}
		if (IS_ONE_OF(at, length, TEST_FOLDERS) && (length > 1 || at == path))
			return arena_strdup(arena, "tests");
	}
	return NULL;
}

static uint32_t fix(struct discovery *d, const char *name)
{
	return interner_add_string(d->fixed_names, name);
}

static void place_fixed(struct discovery *d)
{
	for (size_t i = 0; i < d->options->declared_count; i++)
		fix(d, d->options->declared[i].name);
	for (uint32_t f = 0; f < d->graph->file_count; f++) {
		const char *path = d->graph->files[f].path;
		d->fixed[f] = GRAPH_NONE;
		for (size_t i = 0; i < d->options->declared_count && d->fixed[f] == GRAPH_NONE; i++)
			for (size_t g = 0; g < d->options->declared[i].glob_count; g++)
				if (glob_match(d->options->declared[i].globs[g], path))
					d->fixed[f] = fix(d, d->options->declared[i].name);
		char *name = d->fixed[f] == GRAPH_NONE ? fixed_name(path, d->arena) : NULL;
		if (name)
			d->fixed[f] = fix(d, name);
	}
}

/* ---- labels of the release before ---- */

/* The label that a new node is tied to most; lying in one folder decides where nothing else does. */
static uint32_t strongest_label(const struct discovery *d, uint32_t node, const uint32_t *known, uint32_t count,
				double *tie)
{
	uint32_t best = 0;
	memset(tie, 0, count * sizeof *tie);
	for (size_t e = 0; e < d->edge_count; e++) {
		uint32_t a = d->edges[e].a, b = d->edges[e].b, other = a == node ? b : b == node ? a : GRAPH_NONE;
		if (other != GRAPH_NONE && known[other] != GRAPH_NONE)
			tie[known[other]] += d->edges[e].weight;
	}
	for (uint32_t i = 0; i < d->node_count; i++)
		if (known[i] != GRAPH_NONE && !strcmp(d->nodes[i].folder, d->nodes[node].folder))
			tie[known[i]] += d->mean_strength * SIBLING_TIE;
	for (uint32_t l = 1; l < count; l++)
		if (tie[l] > tie[best])
			best = l;
	return best;
}

/* Returns false, with nothing placed, where too little is known. */
static bool keep_previous(struct discovery *d, struct interner *labels)
{
	uint32_t *known = mem_alloc(((size_t)d->node_count + 1) * sizeof *known), known_count = 0;
	for (uint32_t i = 0; i < d->node_count; i++)
		known[i] = GRAPH_NONE;
	for (uint32_t f = 0; d->options->previous && f < d->graph->file_count; f++) {
		uint32_t node = d->node_of[f];
		if (node == GRAPH_NONE || !d->options->previous[f] || known[node] != GRAPH_NONE)
			continue;
		known[node] = interner_add_string(labels, d->options->previous[f]);
		known_count++;
	}
	bool is_enough = known_count && known_count >= KEEP * d->node_count;
	uint32_t count = interner_count(labels);
	double *tie = mem_alloc(((size_t)count + 1) * sizeof *tie);
	for (uint32_t i = 0; i < d->node_count && is_enough; i++)
		d->nodes[i].group = known[i] != GRAPH_NONE ? known[i] : strongest_label(d, i, known, count, tie);
	if (is_enough)
		d->group_count = count;
	free(tie);
	free(known);
	return is_enough;
}

/* ---- from groups to domains ---- */

static int compare_domains(const void *a, const void *b)
{
	return strcmp(((const struct domain *)a)->name, ((const struct domain *)b)->name);
}

static void make_domains(struct discovery *d, const char *const *group_names, struct domains_result *out)
{
	struct interner *names = interner_create();
	uint32_t files = d->graph->file_count;
	out->domain_of = mem_alloc(((size_t)files + 1) * sizeof *out->domain_of);
	for (uint32_t f = 0; f < files; f++)
		out->domain_of[f] = interner_add_string(names, d->fixed[f] != GRAPH_NONE
								       ? interner_text(d->fixed_names, d->fixed[f])
								       : group_names[d->nodes[d->node_of[f]].group]);
	out->count = interner_count(names);
	out->domains = mem_zalloc((size_t)out->count + 1, sizeof *out->domains);
	for (uint32_t i = 0; i < out->count; i++)
		out->domains[i].name = arena_strdup(out->arena, interner_text(names, i));
	qsort(out->domains, out->count, sizeof *out->domains, compare_domains);
	uint32_t *map = mem_alloc(((size_t)out->count + 1) * sizeof *map);
	for (uint32_t i = 0; i < out->count; i++) {
		uint32_t id = 0;
		interner_find(names, out->domains[i].name, strlen(out->domains[i].name), &id);
		map[id] = i;
		for (size_t k = 0; k < d->options->declared_count; k++)
			out->domains[i].is_declared |= !strcmp(d->options->declared[k].name, out->domains[i].name);
	}
	for (uint32_t f = 0; f < files; f++)
		out->domain_of[f] = map[out->domain_of[f]];
	free(map);
	interner_destroy(names);
}

static int place_nodes(struct discovery *d, const char ***names, struct err *err)
{
	struct interner *kept = interner_create();
	int result = 0;
	bool is_kept = keep_previous(d, kept);
	if (!is_kept)
		result = domain_folders_place(d, err);
	*names = arena_zalloc(d->arena, (size_t)d->group_count + 1, sizeof **names);
	for (uint32_t g = 0; g < d->group_count && is_kept; g++)
		(*names)[g] = arena_strdup(d->arena, interner_text(kept, g));
	if (!result && !is_kept)
		domain_names(d, *names);
	interner_destroy(kept);
	return result;
}

int domains_discover(const struct graph *graph, const struct file_dependency *dependencies, size_t dependency_count,
		     const struct graph_call *indirect, size_t indirect_count, const struct domains_options *options,
		     struct domains_result **out, struct err *err)
{
	const char **names = NULL;
	struct discovery d = {
		.graph = graph, .dependencies = dependencies, .dependency_count = dependency_count, .options = options,
		.arena = arena_create(), .fixed_names = interner_create(), .common_group = GRAPH_NONE,
	};
	d.fixed = arena_alloc(d.arena, ((size_t)graph->file_count + 1) * sizeof *d.fixed);
	place_fixed(&d);
	domain_nodes_make(&d);
	domain_graph_make(&d);
	d.wanted = fmax(FEWEST_WANTED, WANTED * sqrt(d.node_count));
	d.cap = fmin(1, fmax(CAP, CAP_SMALL / d.wanted));
	int result = place_nodes(&d, &names, err);
	if (!result) {
		struct domains_result *made = mem_zalloc(1, sizeof *made);
		made->arena = arena_create();
		make_domains(&d, names, made);
		domain_measure(&d, indirect, indirect_count, made);
		*out = made;
	}
	free(d.edges);
	interner_destroy(d.fixed_names);
	arena_destroy(d.arena);
	return result;
}

void domains_result_destroy(struct domains_result *result)
{
	if (!result)
		return;
	free(result->domains);
	free(result->domain_of);
	free(result->links);
	arena_destroy(result->arena);
	free(result);
}
