/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domain discovery, step by step: what is told stands first; files become nodes; signals tie them; seeds find partitions
 * and what they agree on; leftovers are placed; what was known before is kept, named and told apart. */
#include "analysis/domains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "analysis/domain_names.h"

const char *const DOMAIN_SIGNAL_NAMES[DOMAIN_SIGNALS] = {"dependencies", "peers", "text", "prefix", "folder", "observed"};

static int compare_domains(const void *a, const void *b)
{
	return strcmp(((const struct domain *)a)->name, ((const struct domain *)b)->name);
}

/* ---- groups ---- */

/* Modularity of the groups, each hub with the group that most of its voters are in. */
static double quality_of_groups(const struct discovery *d)
{
	uint32_t *labels = mem_alloc(((size_t)d->total + 1) * sizeof *labels);
	double *tie = mem_zalloc((size_t)d->group_count + 1, sizeof *tie);
	for (uint32_t i = 0; i < d->total; i++) {
		const struct leiden_graph *graph = &d->ties;
		labels[i] = i < d->node_count ? d->nodes[i].group : 0;
		for (size_t e = graph->offsets[i]; i >= d->node_count && e < graph->offsets[i + 1]; e++) {
			uint32_t group = d->nodes[graph->targets[e]].group;
			tie[group] += graph->weights[e];
			if (tie[group] > tie[labels[i]])
				labels[i] = group;
		}
		for (size_t e = graph->offsets[i]; i >= d->node_count && e < graph->offsets[i + 1]; e++)
			tie[d->nodes[graph->targets[e]].group] = 0;
	}
	double quality = leiden_quality(&d->ties, d->level.resolution, labels);
	free(labels);
	free(tie);
	return quality;
}

static void take_labels(struct discovery *d, const uint32_t *labels, uint32_t count)
{
	for (uint32_t i = 0; i < d->node_count; i++)
		d->nodes[i].group = labels[i];
	d->group_count = count;
}

/* Joins the two groups that are tied most for their sizes until there are so many as wanted. */
static void join_to_wanted(struct discovery *d)
{
	while (d->group_count > d->options->wanted && d->group_count > 1) {
		uint32_t *sizes = mem_zalloc((size_t)d->group_count + 1, sizeof *sizes), smallest = 0, best = GRAPH_NONE;
		double best_tie = -1;
		for (uint32_t i = 0; i < d->node_count; i++)
			sizes[d->nodes[i].group]++;
		for (uint32_t g = 1; g < d->group_count; g++)
			smallest = sizes[g] < sizes[smallest] ? g : smallest;
		struct domain_ties *ties = domain_ties_create(d, d->group_count);
		for (uint32_t i = 0; i < d->node_count; i++)
			if (d->nodes[i].group == smallest)
				domain_ties_gather(ties, i);
		for (uint32_t g = 0; g < d->group_count; g++) {
			double tie = domain_ties_to(ties, g) / sqrt(sizes[g]);
			if (g != smallest && tie > best_tie) {
				best = g;
				best_tie = tie;
			}
		}
		for (uint32_t i = 0; i < d->node_count; i++)
			if (d->nodes[i].group == smallest)
				d->nodes[i].group = best;
		domain_ties_destroy(ties);
		free(sizes);
		domain_groups_renumber(d);
	}
}

/* Both from nothing and from what was known; the latter is taken where there is enough of it. */
static void place_nodes(struct discovery *d, struct domains_result *out)
{
	uint32_t *cold = arena_alloc(d->arena, ((size_t)d->node_count + 1) * sizeof *cold);
	bool *common = arena_alloc(d->arena, (size_t)d->node_count + 1);
	domain_levels_make(d);
	for (uint32_t i = 0; i < d->node_count; i++)
		common[i] = d->nodes[i].is_common;
	domain_told_enforce(d);
	domain_groups_finish(d);
	if (d->options->wanted)
		join_to_wanted(d);
	out->cold_quality = out->kept_quality = quality_of_groups(d);
	uint32_t count = d->group_count, cold_common = d->common_group;
	for (uint32_t i = 0; i < d->node_count; i++) {
		bool was = d->nodes[i].is_common;
		cold[i] = d->nodes[i].group;
		d->nodes[i].is_common = common[i];
		common[i] = was;
	}
	d->common_group = GRAPH_NONE;
	out->is_kept = !d->options->wanted && d->options->view == DOMAIN_VIEW_DEFAULT && domain_before_keep(d);
	if (out->is_kept) {
		out->kept_quality = quality_of_groups(d);
		return;
	}
	take_labels(d, cold, count);
	for (uint32_t i = 0; i < d->node_count; i++)
		d->nodes[i].is_common = common[i];
	d->common_group = cold_common;
}

/* Names of a partition other than the groups. */
static const char **name_labels(struct discovery *d, const uint32_t *labels, uint32_t count)
{
	const char **names = arena_zalloc(d->arena, (size_t)count + 1, sizeof *names);
	uint32_t *groups = mem_alloc(((size_t)d->node_count + 1) * sizeof *groups);
	uint32_t group_count = d->group_count, common = d->common_group;
	for (uint32_t i = 0; i < d->node_count; i++)
		groups[i] = d->nodes[i].group;
	take_labels(d, labels, count);
	d->common_group = GRAPH_NONE;
	domain_names(d, names);
	take_labels(d, groups, group_count);
	d->common_group = common;
	free(groups);
	return names;
}

/* ---- from groups to domains ---- */

struct naming_of { const char **names, **origins, **changes, **coarse, **fine; uint32_t *coarse_of, *fine_of; };

static void name_groups(struct discovery *d, struct naming_of *of)
{
	size_t groups = (size_t)d->group_count + 1;
	of->names = arena_zalloc(d->arena, groups, sizeof *of->names);
	of->origins = arena_zalloc(d->arena, groups, sizeof *of->origins);
	of->changes = arena_zalloc(d->arena, groups, sizeof *of->changes);
	domain_before_match(d, of->names, of->origins, of->changes);
	for (uint32_t i = 0; i < d->node_count; i++)
		if (d->nodes[i].pin)
			of->names[d->nodes[i].group] = d->nodes[i].pin;
	domain_names(d, of->names);
	for (uint32_t g = 0; g < d->group_count; g++)
		for (size_t r = 0; r < d->options->rename_count; r++)
			if (!strcmp(d->options->renames[r].globs[0], of->names[g])) {
				of->names[g] = d->options->renames[r].name;
				break;
			}
}

static void make_domains(struct discovery *d, const struct naming_of *of, struct domains_result *out)
{
	struct interner *names = interner_create();
	uint32_t files = d->graph->file_count;
	out->domain_of = mem_alloc(((size_t)files + 1) * sizeof *out->domain_of);
	out->reasons = mem_zalloc((size_t)files + 1, sizeof *out->reasons);
	for (uint32_t f = 0; f < files; f++)
		out->domain_of[f] = interner_add_string(names, d->fixed[f] != GRAPH_NONE
								       ? interner_text(d->fixed_names, d->fixed[f])
								       : of->names[d->nodes[d->node_of[f]].group]);
	out->count = interner_count(names);
	out->domains = mem_zalloc((size_t)out->count + 1, sizeof *out->domains);
	for (uint32_t i = 0; i < out->count; i++) {
		struct domain *domain = &out->domains[i];
		domain->name = arena_strdup(out->arena, interner_text(names, i));
		domain->coarse = domain->name;
		domain->change = "";
		for (size_t k = 0; k < d->options->declared_count; k++)
			domain->is_declared |= !strcmp(d->options->declared[k].name, domain->name);
	}
	for (uint32_t i = 0; i < d->node_count; i++) {
		uint32_t id, g = d->nodes[i].group;
		if (!interner_find(names, of->names[g], strlen(of->names[g]), &id))
			continue;
		struct domain *domain = &out->domains[id];
		domain->coarse = arena_strdup(out->arena, of->coarse[of->coarse_of[i]]);
		domain->before = of->origins[g] ? arena_strdup(out->arena, of->origins[g]) : NULL;
		domain->change = of->changes[g];
		if (!strcmp(domain->change, "kept") && strcmp(domain->before, domain->name))
			domain->change = "renamed";
	}
	for (uint32_t f = 0; f < files; f++)
		out->reasons[f].fine = d->node_of[f] != GRAPH_NONE ? arena_strdup(out->arena, of->fine[of->fine_of[d->node_of[f]]])
								   : out->domains[out->domain_of[f]].name;
	qsort(out->domains, out->count, sizeof *out->domains, compare_domains);
	uint32_t *map = mem_alloc(((size_t)out->count + 1) * sizeof *map);
	uint32_t *of_group = mem_zalloc((size_t)d->group_count + 1, sizeof *of_group);
	for (uint32_t i = 0; i < out->count; i++) {
		uint32_t id = 0;
		interner_find(names, out->domains[i].name, strlen(out->domains[i].name), &id);
		map[id] = i;
	}
	for (uint32_t f = 0; f < files; f++) {
		out->domain_of[f] = map[out->domain_of[f]];
		if (d->node_of[f] != GRAPH_NONE)
			of_group[d->nodes[d->node_of[f]].group] = out->domain_of[f];
	}
	domain_reasons_fill(d, of_group, out);
	free(map);
	free(of_group);
	interner_destroy(names);
}

static void find_tree(struct discovery *d, struct naming_of *of)
{
	of->coarse_of = arena_zalloc(d->arena, (size_t)d->node_count + 1, sizeof *of->coarse_of);
	of->fine_of = arena_zalloc(d->arena, (size_t)d->node_count + 1, sizeof *of->fine_of);
	uint32_t coarse = domain_levels_coarse(d, of->coarse_of), fine = domain_levels_fine(d, of->fine_of);
	if (d->options->view == DOMAIN_VIEW_COARSE)
		take_labels(d, of->coarse_of, coarse);
	if (d->options->view == DOMAIN_VIEW_FINE)
		take_labels(d, of->fine_of, fine);
	if (d->options->view != DOMAIN_VIEW_DEFAULT)
		d->common_group = GRAPH_NONE;
	of->coarse = name_labels(d, of->coarse_of, coarse);
	of->fine = name_labels(d, of->fine_of, fine);
}

int domains_discover(const struct graph *graph, const struct file_dependency *dependencies, size_t dependency_count,
		     const struct graph_call *indirect, size_t indirect_count, const struct domains_options *options,
		     struct domains_result **out, struct err *err)
{
	struct naming_of of = {0};
	struct discovery d = {
		.graph = graph, .dependencies = dependencies, .dependency_count = dependency_count, .options = options,
		.arena = arena_create(), .fixed_names = interner_create(), .before_names = interner_create(),
		.common_group = GRAPH_NONE,
	};
	domain_told_place(&d);
	domain_nodes_make(&d);
	domain_graph_make(&d);
	if (!(options->without & 1u << DOMAIN_TEXT))
		domain_text_make(&d);
	if (!(options->without & 1u << DOMAIN_PEERS))
		domain_peers_make(&d);
	domain_votes_make(&d);
	int result = domain_told_tie(&d, err);
	if (!result) {
		struct domains_result *made = mem_zalloc(1, sizeof *made);
		made->arena = arena_create();
		domain_graph_sum(&d);
		domain_before_read(&d);
		place_nodes(&d, made);
		find_tree(&d, &of);
		name_groups(&d, &of);
		make_domains(&d, &of, made);
		domain_measure(&d, indirect, indirect_count, made);
		made->memory = d.memory;
		if (d.memory.bytes)
			made->memory.bytes = memcpy(arena_alloc(made->arena, d.memory.length), d.memory.bytes, d.memory.length);
		made->resolution = d.level.resolution;
		made->agreement = d.level.agreement;
		*out = made;
	}
	for (unsigned s = 0; s < DOMAIN_SIGNALS; s++)
		free(d.signals[s].edges);
	leiden_graph_finish(&d.ties);
	free(d.edges);
	free(d.terms);
	interner_destroy(d.words);
	interner_destroy(d.fixed_names);
	interner_destroy(d.before_names);
	arena_destroy(d.arena);
	return result;
}

void domains_result_destroy(struct domains_result *result)
{
	if (!result)
		return;
	free(result->domains);
	free(result->domain_of);
	free(result->reasons);
	free(result->links);
	arena_destroy(result->arena);
	free(result);
}
