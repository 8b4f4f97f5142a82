/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk down the folders: a folder that is neither too large nor too small is a domain, as the people who made it
 * meant it; a larger one is walked into; files that lie flat in a large folder are split by how they are tied. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"

#define MIXED 1.5           /* times the mean domain: a folder of several folders is walked into above that */
#define SMALL 0.3           /* times the mean domain: less is not worth a domain */
#define FEWEST_NODES 3      /* of a domain, unless it is large all the same */
#define SIBLING_TIE 0.5     /* of a node's mean strength: how much lying in one folder counts where a rest is placed */

struct domain_share domain_share_of(const struct discovery *d, const uint32_t *members, uint32_t count)
{
	uint64_t lines = 0;
	for (uint32_t i = 0; i < count; i++)
		lines += d->nodes[members[i]].lines;
	struct domain_share share = {.nodes = count, .lines = d->lines ? (double)lines / (double)d->lines : 0};
	share.mass = (share.lines + (double)count / (d->node_count + !d->node_count)) / 2;
	return share;
}

bool domain_share_is_oversized(const struct discovery *d, struct domain_share share)
{
	return share.nodes > FEWEST_NODES && fmax(share.lines, share.mass) > d->cap;
}

bool domain_share_is_small(const struct discovery *d, struct domain_share share)
{
	return share.mass < SMALL / d->wanted || (share.nodes < FEWEST_NODES && share.mass < 2 * SMALL / d->wanted);
}

static void give_group(struct discovery *d, const uint32_t *members, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		d->nodes[members[i]].group = d->group_count;
	d->group_count++;
}

/* ---- one folder ---- */

/* The folder below depth characters of path that a node's folder leads into; length 0: the node lies here. */
static const char *child_of(const struct discovery *d, uint32_t node, size_t depth, size_t *length)
{
	const char *folder = d->nodes[node].folder;
	folder += strlen(folder) < depth ? strlen(folder) : depth;
	folder += *folder == '/';
	*length = strcspn(folder, "/");
	return folder;
}

struct level { uint32_t *child_of; uint32_t child_count; size_t *depths; uint32_t *members; };

/* Sorts members into the folders directly below; refs.c beside refs/ belongs to that folder. */
static void level_init(struct level *level, const struct discovery *d, const uint32_t *members, uint32_t count,
		       size_t depth)
{
	struct interner *names = interner_create();
	*level = (struct level){.child_of = mem_alloc(((size_t)count + 1) * sizeof *level->child_of),
				.depths = mem_alloc(((size_t)count + 1) * sizeof *level->depths),
				.members = mem_alloc(((size_t)count + 1) * sizeof *level->members)};
	for (uint32_t i = 0; i < count; i++) {
		size_t length;
		const char *name = child_of(d, members[i], depth, &length);
		level->child_of[i] = length ? interner_add(names, name, length) : GRAPH_NONE;
		if (length)
			level->depths[level->child_of[i]] = (size_t)(name - d->nodes[members[i]].folder) + length;
	}
	for (uint32_t i = 0; i < count; i++) {
		const char *stem = d->nodes[members[i]].stem;
		if (level->child_of[i] == GRAPH_NONE)
			interner_find(names, stem, strlen(stem), &level->child_of[i]);
	}
	level->child_count = interner_count(names);
	interner_destroy(names);
}

static void level_finish(struct level *level)
{
	free(level->child_of);
	free(level->depths);
	free(level->members);
}

static uint32_t level_members(const struct level *level, const uint32_t *members, uint32_t count, uint32_t child)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < count; i++)
		if (level->child_of[i] == child)
			level->members[found++] = members[i];
	return found;
}

static uint32_t count_parts(const struct discovery *d, const struct level *level, const uint32_t *members,
			    uint32_t count)
{
	uint32_t parts = 0;
	for (uint32_t c = 0; c < level->child_count; c++)
		parts += !domain_share_is_small(d, domain_share_of(d, level->members, level_members(level, members, count, c)));
	return parts;
}

static int place_folder(struct discovery *d, uint32_t *members, uint32_t count, size_t depth, struct err *err);

/* Folders below: small ones become atoms of what lies here, the others are walked into. */
static int place_children(struct discovery *d, struct level *level, uint32_t *members, uint32_t count, struct err *err)
{
	int result = 0;
	for (uint32_t c = 0; c < level->child_count && !result; c++) {
		uint32_t found = level_members(level, members, count, c);
		if (!domain_share_is_small(d, domain_share_of(d, level->members, found))) {
			uint32_t *inner = mem_alloc(((size_t)found + 1) * sizeof *inner);
			memcpy(inner, level->members, found * sizeof *inner);
			result = place_folder(d, inner, found, level->depths[c], err);
			free(inner);
			continue;
		}
		for (uint32_t i = 0; i < found; i++)
			d->nodes[level->members[i]].atom = level->members[0];
		for (uint32_t i = 0; i < count; i++)
			if (level->child_of[i] == c)
				level->child_of[i] = GRAPH_NONE;
	}
	return result;
}

/* What lies flat here. The root is no folder with one job: its files are one domain only where they are few. */
static int place_flat(struct discovery *d, const uint32_t *members, uint32_t count, struct err *err)
{
	struct domain_share share = domain_share_of(d, members, count);
	if (!count || domain_share_is_small(d, share))
		return 0; /* placed last, with what it is tied to */
	if (domain_share_is_oversized(d, share))
		return domain_partition(d, members, count, 0, err);
	give_group(d, members, count);
	return 0;
}

static int place_folder(struct discovery *d, uint32_t *members, uint32_t count, size_t depth, struct err *err)
{
	struct level level;
	struct domain_share share = domain_share_of(d, members, count);
	int result = 0;
	level_init(&level, d, members, count, depth);
	bool is_one = depth && !domain_share_is_oversized(d, share) &&
		      (share.mass <= MIXED / d->wanted || count_parts(d, &level, members, count) < 2);
	if (is_one) {
		give_group(d, members, count);
	} else {
		result = place_children(d, &level, members, count, err);
		uint32_t flat = level_members(&level, members, count, GRAPH_NONE);
		if (!result)
			result = place_flat(d, level.members, flat, err);
	}
	level_finish(&level);
	return result;
}

/* ---- what is left ---- */

static uint32_t common_folder(const char *a, const char *b)
{
	uint32_t parts = 0;
	for (; *a && *a == *b; a++, b++)
		parts += *a == '/';
	return parts + ((!*a || *a == '/') && (!*b || *b == '/'));
}

/* The group that node's atom is tied to most, for the size of the group; those near in the tree are preferred. */
static uint32_t strongest_group(const struct discovery *d, uint32_t atom, const uint32_t *sizes, double *ties)
{
	uint32_t best = GRAPH_NONE;
	memset(ties, 0, ((size_t)d->group_count + 1) * sizeof *ties);
	for (size_t e = 0; e < d->edge_count; e++) {
		const struct domain_node *a = &d->nodes[d->edges[e].a], *b = &d->nodes[d->edges[e].b];
		if (a->atom == atom && b->group != GRAPH_NONE)
			ties[b->group] += d->edges[e].weight;
		if (b->atom == atom && a->group != GRAPH_NONE)
			ties[a->group] += d->edges[e].weight;
	}
	for (uint32_t i = 0; i < d->node_count; i++) {
		const struct domain_node *other = &d->nodes[i];
		if (other->group != GRAPH_NONE)
			ties[other->group] += d->mean_strength * SIBLING_TIE / sizes[other->group] *
					      common_folder(other->folder, d->nodes[atom].folder);
	}
	for (uint32_t g = 0; g < d->group_count; g++) {
		if (!sizes[g])
			continue;
		ties[g] /= sqrt(sizes[g]);
		if (best == GRAPH_NONE || ties[g] > ties[best])
			best = g;
	}
	return best;
}

static void place_rest(struct discovery *d)
{
	uint32_t left = 0;
	for (uint32_t i = 0; i < d->node_count; i++)
		left += d->nodes[i].group == GRAPH_NONE;
	if (!left)
		return;
	if (!d->group_count) { /* nothing is large enough: it is one domain */
		for (uint32_t i = 0; i < d->node_count; i++)
			d->nodes[i].group = 0;
		d->group_count = 1;
		return;
	}
	uint32_t *sizes = mem_zalloc((size_t)d->group_count + 1, sizeof *sizes);
	uint32_t *chosen = mem_alloc(((size_t)d->node_count + 1) * sizeof *chosen);
	double *ties = mem_alloc(((size_t)d->group_count + 1) * sizeof *ties);
	for (uint32_t i = 0; i < d->node_count; i++)
		if (d->nodes[i].group != GRAPH_NONE)
			sizes[d->nodes[i].group]++;
	for (uint32_t i = 0; i < d->node_count; i++)
		chosen[i] = d->nodes[i].group == GRAPH_NONE && d->nodes[i].atom == i ? strongest_group(d, i, sizes, ties)
										     : GRAPH_NONE;
	for (uint32_t i = 0; i < d->node_count; i++) {
		uint32_t atom = d->nodes[i].atom;
		if (d->nodes[i].group == GRAPH_NONE)
			d->nodes[i].group = chosen[atom] != GRAPH_NONE ? chosen[atom] : d->nodes[atom].group;
	}
	free(sizes);
	free(chosen);
	free(ties);
}

int domain_folders_place(struct discovery *d, struct err *err)
{
	uint32_t *all = mem_alloc(((size_t)d->node_count + 1) * sizeof *all);
	for (uint32_t i = 0; i < d->node_count; i++)
		all[i] = i;
	int result = place_folder(d, all, d->node_count, 0, err);
	free(all);
	if (!result)
		place_rest(d);
	return result;
}
