/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What many partitions of one graph agree on. */
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "graph/leiden.h"

#define MOST_PASSES 20

/* For each partition: how many nodes of each consensus community are in each of its communities. Rows are short lists. */
struct cell { uint32_t community, count; };
struct row { struct cell *cells; uint32_t count, capacity; };

static void row_add(struct row *row, uint32_t community, int32_t change)
{
	for (uint32_t i = 0; i < row->count; i++)
		if (row->cells[i].community == community) {
			row->cells[i].count = (uint32_t)((int32_t)row->cells[i].count + change);
			if (!row->cells[i].count)
				row->cells[i] = row->cells[--row->count];
			return;
		}
	size_t capacity = row->capacity;
	mem_grow(&row->cells, &capacity, (size_t)row->count + 1, sizeof *row->cells);
	row->capacity = (uint32_t)capacity;
	row->cells[row->count++] = (struct cell){community, (uint32_t)change};
}

struct median {
	const uint32_t *const *partitions; unsigned seeds; uint32_t n;
	struct row **rows;       /* per partition, per its label */
	uint32_t *sizes;         /* per consensus community */
	uint32_t *together;      /* per consensus community: how often its nodes are with one node, over all partitions */
	uint32_t *touched;
};

static void median_move(struct median *median, uint32_t node, uint32_t community, int32_t change)
{
	for (unsigned s = 0; s < median->seeds; s++)
		row_add(&median->rows[s][median->partitions[s][node]], community, change);
	median->sizes[community] = (uint32_t)((int32_t)median->sizes[community] + change);
}

static void median_init(struct median *median, const uint32_t *const *partitions, unsigned seeds, uint32_t n,
			const uint32_t *communities)
{
	*median = (struct median){.partitions = partitions, .seeds = seeds, .n = n,
				  .rows = mem_alloc((seeds + 1) * sizeof *median->rows),
				  .sizes = mem_zalloc((size_t)n + 2, sizeof *median->sizes),
				  .together = mem_zalloc((size_t)n + 2, sizeof *median->together),
				  .touched = mem_alloc(((size_t)n + 2) * sizeof *median->touched)};
	for (unsigned s = 0; s < seeds; s++)
		median->rows[s] = mem_zalloc((size_t)n + 1, sizeof **median->rows);
	for (uint32_t i = 0; i < n; i++)
		median_move(median, i, communities[i], 1);
}

static void median_finish(struct median *median)
{
	for (unsigned s = 0; s < median->seeds; s++) {
		for (uint32_t i = 0; i < median->n; i++)
			free(median->rows[s][i].cells);
		free(median->rows[s]);
	}
	free(median->rows);
	free(median->sizes);
	free(median->together);
	free(median->touched);
}

/* Where a node that is in no community is with most others more often than not: maximises the sum of share - 1/2. */
static uint32_t median_best(struct median *median, uint32_t node, uint32_t own, uint32_t free_one)
{
	uint32_t count = 0, best = free_one;
	double best_gain = 0;
	for (unsigned s = 0; s < median->seeds; s++) {
		const struct row *row = &median->rows[s][median->partitions[s][node]];
		for (uint32_t i = 0; i < row->count; i++) {
			if (!median->together[row->cells[i].community])
				median->touched[count++] = row->cells[i].community;
			median->together[row->cells[i].community] += row->cells[i].count;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t c = median->touched[i];
		double gain = (double)median->together[c] / median->seeds - 0.5 * median->sizes[c];
		if (gain > best_gain + 1e-9 || (c == own && gain > best_gain - 1e-9)) {
			best = c;
			best_gain = gain;
		}
		median->together[c] = 0;
	}
	return best;
}

uint32_t domain_consensus(const uint32_t *const *partitions, unsigned seed_count, uint32_t n, uint32_t *consensus)
{
	struct median median;
	memcpy(consensus, partitions[0], n * sizeof *consensus);
	median_init(&median, partitions, seed_count, n, consensus);
	bool moved = true;
	for (unsigned pass = 0; pass < MOST_PASSES && moved; pass++) {
		uint32_t free_one = 0;
		moved = false;
		for (uint32_t i = 0; i < n; i++) {
			uint32_t own = consensus[i];
			median_move(&median, i, own, -1);
			while (median.sizes[free_one])
				free_one++;
			free_one = !median.sizes[own] && own < free_one ? own : free_one;
			uint32_t best = median_best(&median, i, own, !median.sizes[own] ? own : free_one);
			moved |= best != own;
			consensus[i] = best;
			median_move(&median, i, best, 1);
		}
	}
	median_finish(&median);
	return leiden_renumber(consensus, n);
}

void domain_certainty(const uint32_t *const *partitions, unsigned seed_count, uint32_t n, const uint32_t *groups,
		      float *certainty)
{
	struct median median;
	median_init(&median, partitions, seed_count, n, groups);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t size = median.sizes[groups[i]];
		double together = 0;
		for (unsigned s = 0; s < seed_count; s++) {
			const struct row *row = &median.rows[s][partitions[s][i]];
			for (uint32_t c = 0; c < row->count; c++)
				together += row->cells[c].community == groups[i] ? row->cells[c].count - 1 : 0;
		}
		certainty[i] = size > 1 ? (float)(together / seed_count / (size - 1)) : 1;
	}
	median_finish(&median);
}
