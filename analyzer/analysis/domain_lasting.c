/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of a codebase are not all of one grain: at the resolution that tells most of it apart well, some have broken up and
 * others have not yet parted. A part that is there at one resolution as at the next is one that the code has. So of the
 * parts of neighbouring rungs those are taken that last, first the one that lasts most. */
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "graph/leiden.h"

#define LEFT 0.5   /* of a part must be free yet for it to be taken */

struct part {
	uint32_t rung, label, size, far; /* far: rungs from the one in the middle */
	double lasts;                    /* mean, over the other rungs, of how alike the part there is that is most alike */
};

static int compare_parts(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	if (x->lasts != y->lasts)
		return x->lasts > y->lasts ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	if (x->far != y->far)
		return x->far < y->far ? -1 : 1;
	if (x->rung != y->rung)
		return x->rung < y->rung ? -1 : 1;
	return (x->label > y->label) - (x->label < y->label);
}

/* Nodes of a rung by their labels: those of label l are nodes[first[l]] and on. */
struct members { uint32_t *nodes, *first; };

static struct members members_of(const struct domain_level *rung, uint32_t n)
{
	struct members members = {mem_alloc(((size_t)n + 1) * sizeof *members.nodes),
				  mem_zalloc((size_t)rung->count + 2, sizeof *members.first)};
	for (uint32_t i = 0; i < n; i++)
		if (rung->labels[i] + 2 <= rung->count)
			members.first[rung->labels[i] + 2]++;
	for (uint32_t l = 2; l <= rung->count; l++)
		members.first[l] += members.first[l - 1];
	for (uint32_t i = 0; i < n; i++)
		members.nodes[members.first[rung->labels[i] + 1]++] = i;
	return members;
}

/* Jaccard's index with the part of the other rung that is most alike. together: zeros, and left so. */
static double likeness(const uint32_t *nodes, uint32_t size, const uint32_t *labels, const struct members *other, uint32_t *together)
{
	double best = 0;
	for (uint32_t i = 0; i < size; i++)
		together[labels[nodes[i]]]++;
	for (uint32_t i = 0; i < size; i++) {
		uint32_t l = labels[nodes[i]], there = other->first[l + 1] - other->first[l];
		double alike = (double)together[l] / (size + there - together[l]);
		best = together[l] && alike > best ? alike : best;
		together[l] = 0;
	}
	return best;
}

static void measure(struct part *part, const struct domain_level *rungs, const struct members *members, unsigned count, uint32_t *together)
{
	const struct members *own = &members[part->rung];
	for (unsigned r = 0; r < count; r++)
		if (r != part->rung)
			part->lasts += likeness(own->nodes + own->first[part->label], part->size, rungs[r].labels, &members[r],
						together) / (count - 1);
}

/* Free nodes of the part get the label. */
static bool take(const struct part *part, const struct members *members, uint32_t label, uint32_t *labels)
{
	const uint32_t *nodes = members[part->rung].nodes + members[part->rung].first[part->label];
	uint32_t left = 0;
	for (uint32_t i = 0; i < part->size; i++)
		left += labels[nodes[i]] == GRAPH_NONE;
	if (!left || left < LEFT * part->size)
		return false;
	for (uint32_t i = 0; i < part->size; i++)
		labels[nodes[i]] = labels[nodes[i]] == GRAPH_NONE ? label : labels[nodes[i]];
	return true;
}

/* What no part took goes with most of those that it is together with on the middle rung; count: labels given so far. */
static void place_rest(const struct domain_level *middle, const struct members *members, uint32_t count, uint32_t *labels,
		       uint32_t *together)
{
	for (uint32_t l = 0; l < middle->count; l++) {
		uint32_t best = GRAPH_NONE, first = members->first[l], end = members->first[l + 1];
		for (uint32_t i = first; i < end; i++) {
			uint32_t to = labels[members->nodes[i]];
			if (to == GRAPH_NONE)
				continue;
			together[to]++;
			best = best == GRAPH_NONE || together[to] > together[best] ? to : best;
		}
		for (uint32_t i = first; i < end; i++)
			if (labels[members->nodes[i]] != GRAPH_NONE)
				together[labels[members->nodes[i]]] = 0;
		for (uint32_t i = first; i < end; i++)
			if (labels[members->nodes[i]] == GRAPH_NONE)
				labels[members->nodes[i]] = best == GRAPH_NONE ? count : best;
		count += best == GRAPH_NONE;
	}
}

uint32_t domain_lasting(const struct domain_level *rungs, unsigned count, unsigned middle, uint32_t n, uint32_t *labels)
{
	struct members *members = mem_alloc(count * sizeof *members);
	uint32_t *together = mem_zalloc((size_t)n + 1, sizeof *together), found = 0;
	size_t total = 0;
	for (unsigned r = 0; r < count; r++) {
		members[r] = members_of(&rungs[r], n);
		total += rungs[r].count;
	}
	struct part *parts = mem_zalloc(total + 1, sizeof *parts);
	total = 0;
	for (uint32_t r = 0; r < count; r++)
		for (uint32_t l = 0; l < rungs[r].count; l++) {
			parts[total] = (struct part){.rung = r, .label = l, .size = members[r].first[l + 1] - members[r].first[l],
						     .far = r > middle ? r - middle : middle - r};
			measure(&parts[total++], rungs, members, count, together);
		}
	if (total)
		qsort(parts, total, sizeof *parts, compare_parts);
	memset(labels, 0xff, n * sizeof *labels);
	for (size_t p = 0; p < total; p++)
		found += take(&parts[p], members, found, labels);
	place_rest(&rungs[middle], &members[middle], found, labels, together);
	for (unsigned r = 0; r < count; r++) {
		free(members[r].nodes);
		free(members[r].first);
	}
	free(members);
	free(together);
	free(parts);
	return leiden_renumber(labels, n);
}

/* The rung as it would be were it the default: what comes and goes with leftovers and border nodes is no sign of a part. */
static struct domain_level finished(struct discovery *d, const struct domain_level *rung, const bool *common)
{
	struct domain_level level = *rung;
	for (uint32_t i = 0; i < d->node_count; i++) {
		d->nodes[i].group = rung->labels[i];
		d->nodes[i].is_common = common[i];
	}
	d->level = *rung;
	d->group_count = rung->count;
	d->common_group = GRAPH_NONE;
	domain_groups_finish(d, DOMAIN_MARGIN);
	level.labels = mem_alloc(((size_t)d->node_count + 1) * sizeof *level.labels);
	for (uint32_t i = 0; i < d->node_count; i++)
		level.labels[i] = d->nodes[i].group;
	level.count = d->group_count;
	return level;
}

void domain_lasting_take(struct discovery *d, const struct domain_level *rungs, unsigned count, unsigned middle)
{
	struct domain_level *finals = mem_alloc(count * sizeof *finals), level = rungs[middle];
	bool *common = mem_alloc((size_t)d->node_count + 1);
	for (uint32_t i = 0; i < d->node_count; i++)
		common[i] = d->nodes[i].is_common;
	for (unsigned r = 0; r < count; r++)
		finals[r] = finished(d, &rungs[r], common);
	for (uint32_t i = 0; i < d->node_count; i++)
		d->nodes[i].is_common = common[i];
	d->common_group = GRAPH_NONE;
	level.labels = arena_alloc(d->arena, ((size_t)d->node_count + 1) * sizeof *level.labels);
	level.count = domain_lasting(finals, count, middle, d->node_count, level.labels);
	d->level = level;
	for (unsigned r = 0; r < count; r++)
		free(finals[r].labels);
	free(finals);
	free(common);
}
