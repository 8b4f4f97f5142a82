/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what the seeds agree on to groups that last: utilities apart, leftovers with what they are tied to, and no node
 * that another group pulls at clearly more than its own. The last step alone is what a release that starts from the one
 * before it goes through, so that where nothing has changed nothing moves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"

#define FEWEST_COMMON 2     /* utilities, to be a domain of their own */
#define MOST_PASSES 30

/* ---- ties of a node to groups ---- */

/* A hub hands a node's vote on to the groups of its other voters, by what they voted. */
struct domain_ties {
	const struct discovery *d;
	struct share { uint32_t group; double weight; } **hubs; /* per hub; ends with GRAPH_NONE */
	double *hub_weight;
	double *tie;             /* per group */
	uint32_t *touched, count;
};

static void hubs_finish(struct domain_ties *ties)
{
	for (uint32_t h = 0; h < ties->d->total - ties->d->node_count && ties->hubs; h++)
		free(ties->hubs[h]);
	free(ties->hubs);
	ties->hubs = NULL;
}

static void add(struct domain_ties *ties, uint32_t group, double weight)
{
	if (group == GRAPH_NONE || weight <= 0)
		return;
	if (ties->tie[group] == 0)
		ties->touched[ties->count++] = group;
	ties->tie[group] += weight;
}

void domain_ties_forget(struct domain_ties *ties)
{
	for (uint32_t i = 0; i < ties->count; i++)
		ties->tie[ties->touched[i]] = 0;
	ties->count = 0;
}

/* Reads the groups of all nodes anew. */
void domain_ties_update(struct domain_ties *ties)
{
	const struct discovery *d = ties->d;
	uint32_t hubs = d->total - d->node_count;
	hubs_finish(ties);
	ties->hubs = mem_zalloc((size_t)hubs + 1, sizeof *ties->hubs);
	for (uint32_t h = 0; h < hubs; h++) {
		const struct leiden_graph *graph = &d->ties;
		ties->hub_weight[h] = 0;
		for (size_t e = graph->offsets[d->node_count + h]; e < graph->offsets[d->node_count + h + 1]; e++) {
			add(ties, d->nodes[graph->targets[e]].group, graph->weights[e]);
			ties->hub_weight[h] += graph->weights[e];
		}
		ties->hubs[h] = mem_alloc(((size_t)ties->count + 1) * sizeof **ties->hubs);
		for (uint32_t i = 0; i < ties->count; i++)
			ties->hubs[h][i] = (struct share){ties->touched[i], ties->tie[ties->touched[i]]};
		ties->hubs[h][ties->count].group = GRAPH_NONE;
		domain_ties_forget(ties);
	}
}

struct domain_ties *domain_ties_create(const struct discovery *d, uint32_t group_capacity)
{
	struct domain_ties *ties = mem_zalloc(1, sizeof *ties);
	ties->d = d;
	ties->hub_weight = mem_zalloc((size_t)(d->total - d->node_count) + 1, sizeof *ties->hub_weight);
	ties->tie = mem_zalloc((size_t)group_capacity + 1, sizeof *ties->tie);
	ties->touched = mem_alloc(((size_t)group_capacity + 1) * sizeof *ties->touched);
	domain_ties_update(ties);
	return ties;
}

void domain_ties_destroy(struct domain_ties *ties)
{
	hubs_finish(ties);
	free(ties->hub_weight);
	free(ties->tie);
	free(ties->touched);
	free(ties);
}

/* One edge of a node, to a node or to a hub, with its weight. */
static void add_edge(struct domain_ties *ties, uint32_t own, uint32_t target, double weight, double own_vote)
{
	const struct discovery *d = ties->d;
	if (target < d->node_count) {
		add(ties, d->nodes[target].group, weight);
		return;
	}
	uint32_t hub = target - d->node_count;
	double others = ties->hub_weight[hub] - own_vote;
	for (const struct share *share = ties->hubs[hub]; others > 1e-9 && share->group != GRAPH_NONE; share++) {
		double part = share->weight - (share->group == own ? own_vote : 0);
		add(ties, share->group, weight * fmin(1, fmax(0, part) / others));
	}
}

void domain_ties_gather(struct domain_ties *ties, uint32_t node)
{
	const struct leiden_graph *graph = &ties->d->ties;
	for (size_t e = graph->offsets[node]; e < graph->offsets[node + 1]; e++)
		add_edge(ties, ties->d->nodes[node].group, graph->targets[e], graph->weights[e], graph->weights[e]);
}

/* The group that is tied most, other than own; ties[] stays for the caller. GRAPH_NONE: none. */
uint32_t domain_ties_second(const struct domain_ties *ties, uint32_t own, double *tie)
{
	uint32_t best = GRAPH_NONE;
	*tie = 0;
	for (uint32_t i = 0; i < ties->count; i++) {
		uint32_t g = ties->touched[i];
		if (g != own && (ties->tie[g] > *tie || (ties->tie[g] == *tie && g < best))) {
			best = g;
			*tie = ties->tie[g];
		}
	}
	return best;
}

double domain_ties_to(const struct domain_ties *ties, uint32_t group)
{
	return group == GRAPH_NONE ? 0 : ties->tie[group];
}

uint32_t domain_ties_home(const struct domain_ties *ties, uint32_t node, const double *masses, double scale)
{
	uint32_t best = GRAPH_NONE;
	double best_gain = 0;
	for (uint32_t i = 0; i < ties->count; i++) {
		uint32_t g = ties->touched[i];
		double gain = ties->tie[g] - scale * ties->d->ties.masses[node] * masses[g];
		if (best == GRAPH_NONE || gain > best_gain || (gain == best_gain && g < best)) {
			best = g;
			best_gain = gain;
		}
	}
	return best;
}

/* ---- utilities ---- */

/* What everyone uses is set apart where no folder says where it belongs. */
static void take_common(struct discovery *d)
{
	uint32_t *sizes = mem_zalloc((size_t)d->node_count + 1, sizeof *sizes), found = 0;
	struct interner *homes = interner_create();
	for (uint32_t i = 0; i < d->node_count; i++)
		sizes[interner_add_string(homes, d->nodes[i].home ? d->nodes[i].home : "")]++;
	for (uint32_t i = 0; i < d->node_count; i++) {
		struct domain_node *node = &d->nodes[i];
		uint32_t size = sizes[interner_add_string(homes, node->home ? node->home : "")];
		bool has_folder = node->home && *node->home && size > 1 && size <= DOMAIN_FOLDER_LARGEST * d->node_count;
		node->is_common = node->is_common && !has_folder && !node->is_locked;
		found += node->is_common;
	}
	for (uint32_t i = 0; i < d->node_count; i++) {
		d->nodes[i].is_common = d->nodes[i].is_common && found >= FEWEST_COMMON && found < d->node_count;
		if (d->nodes[i].is_common)
			d->nodes[i].group = d->group_count;
	}
	if (found >= FEWEST_COMMON && found < d->node_count)
		d->common_group = d->group_count++;
	free(sizes);
	interner_destroy(homes);
}

/* ---- leftovers ---- */

static uint32_t common_folders(const char *a, const char *b)
{
	uint32_t parts = 0;
	for (; *a && *a == *b; a++, b++)
		parts += *a == '/';
	return parts + ((!*a || *a == '/') && (!*b || *b == '/'));
}

/* The group of the node that lies nearest in the tree; of equally near ones the first. */
static uint32_t nearest_group(const struct discovery *d, uint32_t node, const uint32_t *sizes, uint32_t fewest)
{
	uint32_t best = GRAPH_NONE, best_parts = 0;
	for (uint32_t i = 0; i < d->node_count; i++) {
		const struct domain_node *other = &d->nodes[i];
		if (other->group == d->nodes[node].group || other->is_common || sizes[other->group] < fewest)
			continue;
		uint32_t parts = common_folders(d->nodes[node].folder, other->folder) + 1;
		if (parts > best_parts) {
			best = other->group;
			best_parts = parts;
		}
	}
	return best;
}

/* Two nodes that are a whole folder were put together by people: that is enough for a domain. */
static void lock_folders(const struct discovery *d, const uint32_t *sizes, bool *locked)
{
	struct interner *homes = interner_create();
	uint32_t *nodes = mem_zalloc((size_t)d->node_count + 1, sizeof *nodes);
	uint32_t *inside = mem_zalloc((size_t)d->group_count + 1, sizeof *inside);
	uint32_t *home = mem_zalloc((size_t)d->group_count + 1, sizeof *home);
	for (uint32_t i = 0; i < d->node_count; i++)
		nodes[interner_add_string(homes, d->nodes[i].home ? d->nodes[i].home : "")]++;
	for (uint32_t i = 0; i < d->node_count; i++) {
		uint32_t g = d->nodes[i].group, h = interner_add_string(homes, d->nodes[i].home ? d->nodes[i].home : "");
		bool is_same = !inside[g] || home[g] == h;
		home[g] = h;
		inside[g] = is_same && d->nodes[i].home ? inside[g] + 1 : DOMAIN_FEWEST_NODES;
		if (inside[g] == 2 && sizes[g] == 2 && nodes[h] == 2)
			locked[g] = true;
	}
	interner_destroy(homes);
	free(nodes);
	free(inside);
	free(home);
}

/* Groups of too few nodes, smallest first, go where their nodes are tied most for the size of the group. */
static void absorb_small(struct discovery *d)
{
	struct domain_ties *ties = domain_ties_create(d, d->group_count);
	uint32_t *sizes = mem_zalloc((size_t)d->group_count + 1, sizeof *sizes);
	bool *locked = mem_zalloc((size_t)d->group_count + 1, 1);
	for (uint32_t i = 0; i < d->node_count; i++) {
		sizes[d->nodes[i].group]++;
		locked[d->nodes[i].group] |= d->nodes[i].is_locked || d->nodes[i].is_common;
	}
	lock_folders(d, sizes, locked);
	for (uint32_t size = 1; size < DOMAIN_FEWEST_NODES; size++) {
		domain_ties_update(ties);
		for (uint32_t i = 0; i < d->node_count; i++) {
			uint32_t own = d->nodes[i].group, best = GRAPH_NONE;
			double best_tie = 0;
			if (sizes[own] != size || locked[own])
				continue;
			for (uint32_t k = i; k < d->node_count; k++)
				if (d->nodes[k].group == own)
					domain_ties_gather(ties, k);
			for (uint32_t t = 0; t < ties->count; t++) {
				uint32_t g = ties->touched[t];
				double tie = ties->tie[g] / sqrt(sizes[g]);
				if (g != own && g != d->common_group && sizes[g] > size && (tie > best_tie || (tie == best_tie && g < best))) {
					best = g;
					best_tie = tie;
				}
			}
			domain_ties_forget(ties);
			if (best == GRAPH_NONE)
				best = nearest_group(d, i, sizes, DOMAIN_FEWEST_NODES);
			if (best == GRAPH_NONE)
				best = nearest_group(d, i, sizes, size);
			if (best == GRAPH_NONE)
				continue;
			for (uint32_t k = i; k < d->node_count; k++)
				if (d->nodes[k].group == own)
					d->nodes[k].group = best;
			sizes[best] += size;
			sizes[own] = 0;
		}
	}
	domain_ties_destroy(ties);
	free(sizes);
	free(locked);
}

/* ---- settling ---- */

static double mass_of(const struct discovery *d, uint32_t node)
{
	return d->ties.masses[node];
}

/* The move that gains more than the margin, or own. */
static uint32_t better_group(const struct domain_ties *ties, uint32_t node, const double *masses, double scale, double margin)
{
	const struct discovery *d = ties->d;
	uint32_t own = d->nodes[node].group, best = own;
	double mass = mass_of(d, node);
	double best_gain = ties->tie[own] - scale * mass * (masses[own] - mass) + margin * mass;
	for (uint32_t i = 0; i < ties->count; i++) {
		uint32_t g = ties->touched[i];
		double gain = ties->tie[g] - scale * mass * masses[g];
		if (g != own && g != d->common_group && (gain > best_gain || (gain == best_gain && g < best))) {
			best = g;
			best_gain = gain;
		}
	}
	return best;
}

void domain_settle(struct discovery *d, double margin)
{
	struct domain_ties *ties = domain_ties_create(d, d->group_count);
	double *masses = mem_zalloc((size_t)d->group_count + 1, sizeof *masses), total = 0;
	uint32_t *sizes = mem_zalloc((size_t)d->group_count + 1, sizeof *sizes);
	for (uint32_t i = 0; i < d->node_count; i++) {
		masses[d->nodes[i].group] += mass_of(d, i);
		sizes[d->nodes[i].group]++;
		total += mass_of(d, i);
	}
	double scale = total > 0 ? d->level.resolution / total : 0;
	bool moved = true;
	for (unsigned pass = 0; pass < MOST_PASSES && moved; pass++) {
		moved = false;
		if (pass)
			domain_ties_update(ties);
		for (uint32_t i = 0; i < d->node_count; i++) {
			struct domain_node *node = &d->nodes[i];
			/* A group is not emptied by single moves: that would be a merger, which the seeds did not find. */
			if (node->is_common || node->is_locked || sizes[node->group] <= DOMAIN_FEWEST_NODES)
				continue;
			domain_ties_gather(ties, i);
			uint32_t best = better_group(ties, i, masses, scale, margin);
			domain_ties_forget(ties);
			if (best == node->group)
				continue;
			masses[node->group] -= mass_of(d, i);
			masses[best] += mass_of(d, i);
			sizes[node->group]--;
			sizes[best]++;
			node->group = best;
			moved = true;
		}
	}
	domain_ties_destroy(ties);
	free(masses);
	free(sizes);
}

void domain_groups_renumber(struct discovery *d)
{
	uint32_t *map = mem_alloc(((size_t)d->group_count + 1) * sizeof *map), next = 0;
	memset(map, 0xff, ((size_t)d->group_count + 1) * sizeof *map);
	for (uint32_t i = 0; i < d->node_count; i++) {
		uint32_t *to = &map[d->nodes[i].group];
		if (*to == GRAPH_NONE)
			*to = next++;
		d->nodes[i].group = *to;
	}
	if (d->common_group != GRAPH_NONE)
		d->common_group = map[d->common_group];
	d->group_count = next;
	free(map);
}

void domain_groups_finish(struct discovery *d)
{
	take_common(d);
	absorb_small(d);
	domain_groups_renumber(d);
	domain_settle(d, DOMAIN_MARGIN);
	domain_groups_renumber(d);
}
