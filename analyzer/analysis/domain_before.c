/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The domains of the release before: where discovery starts from them, and which of today's is which of then. */
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"

#define KEEP 0.5        /* of the nodes are known from before: discovery starts there */
#define SAME 0.5        /* of one side's known nodes are shared: it is the same domain */
#define KEEP_MARGIN 0.3 /* of a node's strength: what pulls this much more than home is a reason to move, not the noise of a new
			 * file that makes all others a little lighter */
#define FEWEST_BORN 3   /* new nodes that seeds put together are a new domain */

/* Label per node, numbered in labels; GRAPH_NONE: new. A node's first known file speaks for it. */
void domain_before_read(struct discovery *d)
{
	d->before = arena_alloc(d->arena, ((size_t)d->node_count + 1) * sizeof *d->before);
	memset(d->before, 0xff, ((size_t)d->node_count + 1) * sizeof *d->before);
	d->known = 0;
	for (uint32_t f = 0; d->options->previous && f < d->graph->file_count; f++) {
		uint32_t node = d->node_of[f];
		if (node == GRAPH_NONE || !d->options->previous[f] || d->before[node] != GRAPH_NONE)
			continue;
		d->before[node] = interner_add_string(d->before_names, d->options->previous[f]);
		d->known++;
	}
}

/* New nodes: those that seeds put together and that outnumber the known ones there are born; others go where they are tied to more
 * than their size and the group's would make likely. */
static void place_new(struct discovery *d)
{
	uint32_t labels = interner_count(d->before_names), parts = d->level.count;
	uint32_t *fresh = mem_zalloc((size_t)parts + 1, sizeof *fresh), *old = mem_zalloc((size_t)parts + 1, sizeof *old);
	for (uint32_t i = 0; i < d->node_count; i++) {
		d->nodes[i].group = d->before[i];
		++*(d->before[i] == GRAPH_NONE ? &fresh[d->level.labels[i]] : &old[d->level.labels[i]]);
	}
	d->group_count = labels;
	for (uint32_t p = 0; p < parts; p++) {
		bool is_born = fresh[p] >= FEWEST_BORN && fresh[p] > old[p];
		for (uint32_t i = 0; i < d->node_count && is_born; i++)
			if (d->level.labels[i] == p && d->before[i] == GRAPH_NONE)
				d->nodes[i].group = d->group_count;
		d->group_count += is_born;
	}
	struct domain_ties *ties = domain_ties_create(d, d->group_count);
	double *masses = mem_zalloc((size_t)d->group_count + 1, sizeof *masses), total = 0;
	for (uint32_t i = 0; i < d->node_count; i++) {
		total += d->ties.masses[i];
		if (d->nodes[i].group != GRAPH_NONE)
			masses[d->nodes[i].group] += d->ties.masses[i];
	}
	for (uint32_t i = 0; i < d->node_count; i++) {
		if (d->nodes[i].group != GRAPH_NONE)
			continue;
		domain_ties_gather(ties, i);
		d->nodes[i].chosen = domain_ties_home(ties, i, masses, total > 0 ? d->level.resolution / total : 0);
		domain_ties_forget(ties);
	}
	domain_ties_destroy(ties);
	free(masses);
	for (uint32_t i = 0; i < d->node_count; i++) {
		if (d->nodes[i].group != GRAPH_NONE)
			continue;
		uint32_t best = d->nodes[i].chosen;
		for (uint32_t k = 0; k < d->node_count && best == GRAPH_NONE; k++)
			best = d->before[k] != GRAPH_NONE && !strcmp(d->nodes[k].folder, d->nodes[i].folder) ? d->before[k] : best;
		d->nodes[i].group = best == GRAPH_NONE ? 0 : best;
	}
	free(fresh);
	free(old);
}

/* Returns false, with nothing placed, where too little is known or nothing is to be kept. */
bool domain_before_keep(struct discovery *d)
{
	if (d->options->fresh || !d->known || d->known < KEEP * d->node_count)
		return false;
	uint32_t id;
	place_new(d);
	bool has_common = interner_find(d->before_names, "common", strlen("common"), &id);
	for (uint32_t i = 0; i < d->node_count; i++) {
		d->nodes[i].is_common = d->nodes[i].is_common && has_common && d->nodes[i].group == id;
		d->common_group = d->nodes[i].is_common ? id : d->common_group;
	}
	domain_groups_renumber(d);
	domain_told_enforce(d);
	domain_groups_renumber(d);
	domain_settle(d, KEEP_MARGIN);
	domain_groups_renumber(d);
	return true;
}

/* ---- identity ---- */

struct overlap { uint32_t group, label, nodes; };

static int compare_overlaps(const void *a, const void *b)
{
	const struct overlap *x = a, *y = b;
	if (x->nodes != y->nodes)
		return x->nodes > y->nodes ? -1 : 1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->label > y->label) - (x->label < y->label);
}

/* names: per group the name of the domain that it continues, or NULL; changes: what became of it. Largest overlap first. */
void domain_before_match(const struct discovery *d, const char **names, const char **origins, const char **changes)
{
	uint32_t labels = interner_count(d->before_names);
	uint32_t *in_group = mem_zalloc((size_t)d->group_count + 1, sizeof *in_group);
	uint32_t *in_label = mem_zalloc((size_t)labels + 1, sizeof *in_label);
	uint32_t *size = mem_zalloc((size_t)d->group_count + 1, sizeof *size);
	uint32_t *parents = mem_zalloc((size_t)d->group_count + 1, sizeof *parents);
	struct overlap *rows = mem_alloc(((size_t)d->node_count + 1) * sizeof *rows);
	bool *taken = mem_zalloc((size_t)labels + 1, 1);
	struct map64 *index = map64_create();
	uint32_t count = 0;
	for (uint32_t i = 0; i < d->node_count; i++) {
		uint32_t g = d->nodes[i].group, l = d->before[i], at;
		size[g]++;
		if (l == GRAPH_NONE)
			continue;
		in_group[g]++;
		in_label[l]++;
		if (!map64_get(index, (uint64_t)g << 32 | l, &at)) {
			map64_put(index, (uint64_t)g << 32 | l, at = count);
			rows[count++] = (struct overlap){g, l, 0};
		}
		rows[at].nodes++;
	}
	if (count)
		qsort(rows, count, sizeof *rows, compare_overlaps);
	for (uint32_t i = 0; i < count; i++) {
		const struct overlap *row = &rows[i];
		const char *label = interner_text(d->before_names, row->label);
		parents[row->group] += row->nodes > SAME * in_label[row->label];
		if (!origins[row->group])
			origins[row->group] = label;
		bool is_same = row->nodes >= SAME * in_label[row->label] || row->nodes >= SAME * in_group[row->group];
		if (names[row->group] || taken[row->label] || !is_same || 2 * in_group[row->group] < size[row->group])
			continue;
		names[row->group] = origins[row->group] = label;
		taken[row->label] = true;
	}
	for (uint32_t g = 0; g < d->group_count; g++)
		changes[g] = !d->known ? "" : 2 * in_group[g] < size[g] ? "born" : parents[g] > 1 ? "merged" : names[g] ? "kept" : "split";
	map64_destroy(index);
	free(in_group);
	free(in_label);
	free(size);
	free(parents);
	free(rows);
	free(taken);
}
