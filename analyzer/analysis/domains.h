/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domains: a partition of the files by what they do together. Pure. */
#ifndef SIGHTLINE_ANALYSIS_DOMAINS_H
#define SIGHTLINE_ANALYSIS_DOMAINS_H

#include "graph/graph.h"

struct domain_declaration { const char *name; const char *const *globs; size_t glob_count; };

struct domains_options {
	const struct domain_declaration *declared; size_t declared_count; /* in order: the first match wins */
	/* labels of the release before, per file (NULL = none known); array may be NULL */
	const char *const *previous;
	unsigned seeds;      /* 0 = default */
};

struct domain {
	const char *name;   /* unique; lives in the result's arena */
	bool is_declared;
	uint32_t files, functions, lines;
	double cohesion;     /* weight of dependencies within / (within + crossing), 0..1 */
	double exclusivity;  /* functions called from no other domain / functions, 0..1 */
};
struct domain_link { uint32_t from, to; double weight; uint32_t symbols; }; /* sorted; between different domains */

struct domains_result {
	struct arena *arena;
	struct domain *domains; uint32_t count;  /* sorted by name */
	uint32_t *domain_of;                     /* per file; every file has one */
	struct domain_link *links; size_t link_count;
};

/* dependencies as made by graph_dependencies. Same input, same result. */
int domains_discover(const struct graph *graph, const struct file_dependency *dependencies, size_t dependency_count,
		     const struct graph_call *indirect, size_t indirect_count, const struct domains_options *options,
		     struct domains_result **out, struct err *err);
void domains_result_destroy(struct domains_result *result);

#endif
