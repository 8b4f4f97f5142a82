/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that no folder tells apart: Leiden over a ladder of resolutions, several seeds each, and once more on what the
 * seeds agree about. Of each level the partition that agrees most with the other seeds' is looked at; the level is taken
 * whose seeds agree, whose parts are about as many as wanted, and none too large. A part that is too large all the same
 * is split again.
 *
 * Nodes outside that members are tied to take part without being placed: commands that use one thing belong together
 * even if they never call each other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"

#define SEEDS 8
#define SEEDS_LARGE 3         /* above LARGE nodes, where seeds differ less and cost more */
#define LARGE 4000
#define MOST_DEPTH 4
#define OUTSIDE 0.4           /* times the weight of a tie to a node outside */
#define FAMILY 0.5            /* of a node's mean strength: how much a shared beginning of the names counts */
#define WIDEST_FAMILY 0.4     /* of the members: a beginning that more of them share says nothing */
#define COUNT_MATTERS 0.15    /* per doubling (natural log) of the wanted number of parts or its inverse */
#define SIZE_MATTERS 1.0      /* times the share of members in parts that are too large */

/* Spans the resolutions at which flat folders of 30 to 3,000 files have 2 to 40 parts. */
static const double LADDER[] = {0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6};
#define LEVELS (sizeof LADDER / sizeof *LADDER)

/* Atoms to be placed come first, then nodes outside, then one hub per family. */
struct pool {
	struct discovery *d;
	const uint32_t *members; uint32_t member_count;
	uint32_t *local;         /* per node of d: its number here, GRAPH_NONE */
	uint32_t atoms, total;
	struct weighted_edge *edges; size_t edge_count, capacity;
	uint32_t *labels;        /* per number here */
	double wanted;           /* parts */
};

/* ---- the graph of a pool ---- */

static void add_edge(struct pool *pool, uint32_t a, uint32_t b, double weight)
{
	if (a == b || !(weight > 0))
		return;
	mem_grow(&pool->edges, &pool->capacity, pool->edge_count + 1, sizeof *pool->edges);
	pool->edges[pool->edge_count++] = (struct weighted_edge){a < b ? a : b, a < b ? b : a, weight};
}

static void number_members(struct pool *pool)
{
	struct discovery *d = pool->d;
	for (uint32_t i = 0; i < d->node_count; i++)
		pool->local[i] = GRAPH_NONE;
	for (uint32_t i = 0; i < pool->member_count; i++) {
		uint32_t atom = d->nodes[pool->members[i]].atom;
		if (pool->local[atom] == GRAPH_NONE)
			pool->local[atom] = pool->atoms++;
		pool->local[pool->members[i]] = pool->local[atom];
	}
	pool->total = pool->atoms;
}

static void add_ties(struct pool *pool)
{
	struct discovery *d = pool->d;
	for (size_t e = 0; e < d->edge_count; e++) {
		uint32_t a = d->edges[e].a, b = d->edges[e].b;
		bool has_a = pool->local[a] < pool->atoms, has_b = pool->local[b] < pool->atoms;
		if ((!has_a && !has_b) || d->nodes[a].is_common || d->nodes[b].is_common)
			continue;
		uint32_t outside = has_a && has_b ? GRAPH_NONE : has_a ? b : a;
		if (outside != GRAPH_NONE && pool->local[outside] == GRAPH_NONE)
			pool->local[outside] = pool->total++;
		add_edge(pool, pool->local[a], pool->local[b], d->edges[e].weight * (outside == GRAPH_NONE ? 1 : OUTSIDE));
	}
}

/* A hub per family, so that n members cost n edges; the wider a family, the less it says. */
static void add_families(struct pool *pool)
{
	struct discovery *d = pool->d;
	struct interner *names = interner_create();
	uint32_t *count = mem_zalloc((size_t)pool->member_count + 1, sizeof *count);
	for (uint32_t i = 0; i < pool->member_count; i++)
		if (d->nodes[pool->members[i]].family)
			count[interner_add_string(names, d->nodes[pool->members[i]].family)]++;
	for (uint32_t i = 0; i < pool->member_count; i++) {
		const struct domain_node *node = &d->nodes[pool->members[i]];
		uint32_t id = 0;
		if (!node->family || node->is_common)
			continue;
		interner_find(names, node->family, strlen(node->family), &id);
		if (count[id] > 1 && count[id] <= WIDEST_FAMILY * pool->member_count)
			add_edge(pool, pool->local[pool->members[i]], pool->total + id, d->mean_strength * FAMILY *
				 log((double)pool->member_count / count[id]) / log((double)pool->member_count / 2));
	}
	pool->total += interner_count(names);
	free(count);
	interner_destroy(names);
}

/* ---- which partition ---- */

static double choose2(double n)
{
	return n * (n - 1) / 2;
}

/* Adjusted Rand index (Hubert & Arabie 1985) of two labelings, numbered from 0, of the first n nodes. */
static double adjusted_rand(uint32_t n, const uint32_t *a, const uint32_t *b, uint32_t labels)
{
	struct map64 *cells = map64_create();
	uint32_t *rows = mem_zalloc((size_t)labels + 1, sizeof *rows);
	uint32_t *columns = mem_zalloc((size_t)labels + 1, sizeof *columns);
	double sum = 0, row_sum = 0, column_sum = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t count = 0;
		uint64_t key = (uint64_t)a[i] << 32 | b[i];
		map64_get(cells, key, &count);
		sum += count; /* choose2 grows by the old count */
		row_sum += rows[a[i]]++;
		column_sum += columns[b[i]]++;
		map64_put(cells, key, count + 1);
	}
	map64_destroy(cells);
	free(rows);
	free(columns);
	double expected = n > 1 ? row_sum * column_sum / choose2(n) : 0, most = (row_sum + column_sum) / 2;
	return most > expected ? (sum - expected) / (most - expected) : 1;
}

/* The run that agrees most with the others, and how far all agree. */
static unsigned find_medoid(const struct pool *pool, const uint32_t *runs, unsigned seeds, double *agreement)
{
	double sums[SEEDS] = {0}, total = 0;
	unsigned best = 0;
	for (unsigned s = 0; s < seeds; s++)
		for (unsigned other = s + 1; other < seeds; other++) {
			double rand = adjusted_rand(pool->atoms, runs + (size_t)s * pool->total,
						    runs + (size_t)other * pool->total, pool->total);
			sums[s] += rand;
			sums[other] += rand;
			total += rand;
		}
	for (unsigned s = 1; s < seeds; s++)
		if (sums[s] > sums[best] + 1e-12)
			best = s;
	*agreement = seeds > 1 ? total / choose2(seeds) : 1;
	return best;
}

/* Members by their labels: those of label l are sorted[first[l]] ... sorted[first[l + 1] - 1]. */
static void sort_members(const struct pool *pool, const uint32_t *labels, uint32_t *first, uint32_t *sorted)
{
	memset(first, 0, ((size_t)pool->total + 2) * sizeof *first);
	for (uint32_t i = 0; i < pool->member_count; i++)
		first[labels[pool->local[pool->members[i]]] + 2]++;
	for (uint32_t l = 2; l < pool->total + 2; l++)
		first[l] += first[l - 1];
	for (uint32_t i = 0; i < pool->member_count; i++)
		sorted[first[labels[pool->local[pool->members[i]]] + 1]++] = pool->members[i];
}

static double judge(const struct pool *pool, const uint32_t *labels, double agreement, uint32_t *first,
		    uint32_t *sorted)
{
	double oversized = 0, parts = 0, mass = 0;
	sort_members(pool, labels, first, sorted);
	for (uint32_t l = 0; l < pool->total; l++) {
		struct domain_share share = domain_share_of(pool->d, sorted + first[l], first[l + 1] - first[l]);
		mass += share.mass;
		parts += share.nodes && !domain_share_is_small(pool->d, share);
		oversized += domain_share_is_oversized(pool->d, share) ? share.mass : 0;
	}
	return agreement - COUNT_MATTERS * fabs(log(fmax(parts, 0.5) / pool->wanted)) -
	       SIZE_MATTERS * (mass > 0 ? oversized / mass : 0);
}

/* Consensus (Lancichinetti & Fortunato 2012), on the edges there are: each weighs as often as its ends are together in
 * the runs. What only some runs put together then no longer holds together, and small edits change little. */
static void weigh_by_runs(const struct pool *pool, const uint32_t *runs, unsigned seeds, struct weighted_edge *out)
{
	for (size_t e = 0; e < pool->edge_count; e++) {
		unsigned together = 0;
		for (unsigned s = 0; s < seeds; s++) {
			const uint32_t *labels = runs + (size_t)s * pool->total;
			together += labels[pool->edges[e].a] == labels[pool->edges[e].b];
		}
		out[e] = pool->edges[e];
		out[e].weight *= (double)(together + 1) / (seeds + 1);
	}
}

static int run_seeds(const struct pool *pool, const struct weighted_edge *edges, double resolution, unsigned seeds,
		     uint32_t *runs, struct err *err)
{
	int result = 0;
	for (unsigned s = 0; s < seeds && !result; s++) {
		double quality;
		result = community_leiden(pool->total, edges, pool->edge_count, resolution, s + 1, NULL,
					  runs + (size_t)s * pool->total, &quality, err);
	}
	return result;
}

static int find_labels(struct pool *pool, struct err *err)
{
	unsigned seeds = pool->total > LARGE ? SEEDS_LARGE : SEEDS;
	size_t run = (size_t)pool->total;
	if (pool->d->options->seeds && pool->d->options->seeds < seeds)
		seeds = pool->d->options->seeds;
	uint32_t *runs = mem_alloc((run * seeds + 1) * sizeof *runs);
	uint32_t *first = mem_alloc((run + 2) * sizeof *first);
	uint32_t *sorted = mem_alloc((run + pool->member_count + 1) * sizeof *sorted);
	struct weighted_edge *agreed = mem_alloc((pool->edge_count + 1) * sizeof *agreed);
	double best = 0, agreement;
	int result = 0;
	for (size_t level = 0; level < LEVELS && !result; level++) {
		result = run_seeds(pool, pool->edges, LADDER[level], seeds, runs, err);
		if (!result) {
			weigh_by_runs(pool, runs, seeds, agreed);
			result = run_seeds(pool, agreed, LADDER[level], seeds, runs, err);
		}
		if (result)
			break;
		const uint32_t *labels = runs + find_medoid(pool, runs, seeds, &agreement) * run;
		double score = judge(pool, labels, agreement, first, sorted);
		if (level == 0 || score > best + 1e-12) {
			best = score;
			memcpy(pool->labels, labels, run * sizeof *labels);
		}
	}
	free(runs);
	free(first);
	free(sorted);
	free(agreed);
	return result;
}

/* ---- small parts ---- */

/* The part that a small one is tied to most, for the size of the part; one that has room, where there is one. */
static uint32_t find_host(const struct pool *pool, uint32_t small, const struct domain_share *shares, double *ties)
{
	uint32_t best = GRAPH_NONE;
	bool best_has_room = false;
	memset(ties, 0, pool->total * sizeof *ties);
	for (size_t e = 0; e < pool->edge_count; e++) {
		uint32_t x = pool->labels[pool->edges[e].a], y = pool->labels[pool->edges[e].b];
		if (x == small && y != small)
			ties[y] += pool->edges[e].weight;
		if (y == small && x != small)
			ties[x] += pool->edges[e].weight;
	}
	for (uint32_t l = 0; l < pool->total; l++) {
		if (l == small || !shares[l].nodes || !(ties[l] > 0))
			continue;
		struct domain_share both = {shares[l].nodes + shares[small].nodes, shares[l].lines + shares[small].lines,
					    shares[l].mass + shares[small].mass};
		bool has_room = !domain_share_is_oversized(pool->d, both);
		ties[l] /= sqrt(shares[l].mass);
		if (best == GRAPH_NONE || has_room > best_has_room || (has_room == best_has_room && ties[l] > ties[best])) {
			best = l;
			best_has_room = has_room;
		}
	}
	return best;
}

/* Smallest first: two small parts that are tied may together be large enough. */
static void absorb_small(struct pool *pool)
{
	struct discovery *d = pool->d;
	struct domain_share *shares = mem_zalloc((size_t)pool->total + 1, sizeof *shares);
	bool *is_stuck = mem_zalloc((size_t)pool->total + 1, sizeof *is_stuck);
	double *ties = mem_alloc(((size_t)pool->total + 1) * sizeof *ties);
	for (uint32_t i = 0; i < pool->member_count; i++) {
		struct domain_share one = domain_share_of(d, &pool->members[i], 1);
		struct domain_share *share = &shares[pool->labels[pool->local[pool->members[i]]]];
		*share = (struct domain_share){share->nodes + 1, share->lines + one.lines, share->mass + one.mass};
	}
	for (;;) {
		uint32_t small = GRAPH_NONE;
		for (uint32_t l = 0; l < pool->total; l++)
			if (shares[l].nodes && !is_stuck[l] && domain_share_is_small(d, shares[l]) &&
			    (small == GRAPH_NONE || shares[l].mass < shares[small].mass))
				small = l;
		if (small == GRAPH_NONE)
			break;
		uint32_t host = find_host(pool, small, shares, ties);
		is_stuck[small] = host == GRAPH_NONE;
		if (host == GRAPH_NONE)
			continue;
		for (uint32_t i = 0; i < pool->total; i++)
			if (pool->labels[i] == small)
				pool->labels[i] = host;
		shares[host] = (struct domain_share){shares[host].nodes + shares[small].nodes,
						     shares[host].lines + shares[small].lines,
						     shares[host].mass + shares[small].mass};
		shares[small] = (struct domain_share){0};
	}
	free(shares);
	free(is_stuck);
	free(ties);
}

/* ---- placing ---- */

/* No part is worth a domain: nothing here is tied, and the whole is as good as any part of it. */
static bool is_scattered(const struct pool *pool, const uint32_t *first, const uint32_t *sorted)
{
	for (uint32_t l = 0; l < pool->total; l++)
		if (!domain_share_is_small(pool->d, domain_share_of(pool->d, sorted + first[l], first[l + 1] - first[l])))
			return false;
	return true;
}

/* Parts get groups; those too large are split again. Small parts tied to nothing stay unplaced. */
static int place_parts(struct pool *pool, unsigned depth, struct err *err)
{
	struct discovery *d = pool->d;
	uint32_t *first = mem_alloc(((size_t)pool->total + 2) * sizeof *first);
	uint32_t *sorted = mem_alloc(((size_t)pool->member_count + 1) * sizeof *sorted);
	int result = 0;
	sort_members(pool, pool->labels, first, sorted);
	if (is_scattered(pool, first, sorted)) {
		memset(pool->labels, 0, pool->total * sizeof *pool->labels);
		sort_members(pool, pool->labels, first, sorted);
	}
	for (uint32_t l = 0; l < pool->total && !result; l++) {
		uint32_t count = first[l + 1] - first[l];
		struct domain_share share = domain_share_of(d, sorted + first[l], count);
		bool is_whole = count == pool->member_count;
		if (!count || (domain_share_is_small(d, share) && !is_whole))
			continue;
		if (domain_share_is_oversized(d, share) && !is_whole && depth < MOST_DEPTH) {
			result = domain_partition(d, sorted + first[l], count, depth + 1, err);
			continue;
		}
		for (uint32_t i = first[l]; i < first[l + 1]; i++)
			d->nodes[sorted[i]].group = d->group_count;
		d->group_count++;
	}
	free(first);
	free(sorted);
	return result;
}

/* Utilities are a domain of their own where they are enough for one. */
static uint32_t take_common(struct discovery *d, const uint32_t *members, uint32_t count, uint32_t *rest)
{
	uint32_t *common = mem_alloc(((size_t)count + 1) * sizeof *common), found = 0, left = 0;
	for (uint32_t i = 0; i < count; i++)
		if (d->nodes[members[i]].is_common && d->nodes[members[i]].atom == members[i])
			common[found++] = members[i];
		else
			rest[left++] = members[i];
	bool is_enough = !domain_share_is_small(d, domain_share_of(d, common, found)) && left;
	for (uint32_t i = 0; i < found && is_enough; i++)
		d->nodes[common[i]].group = d->group_count;
	if (is_enough) {
		d->common_group = d->group_count++;
	} else {
		for (uint32_t i = 0; i < found; i++)
			d->nodes[common[i]].is_common = false;
		memcpy(rest, members, count * sizeof *rest);
		left = count;
	}
	free(common);
	return left;
}

int domain_partition(struct discovery *d, const uint32_t *members, uint32_t count, unsigned depth, struct err *err)
{
	uint32_t *rest = mem_alloc(((size_t)count + 1) * sizeof *rest);
	struct pool pool = {.d = d, .members = rest, .member_count = count};
	int result = 0;
	memcpy(rest, members, count * sizeof *rest);
	if (depth == 0 && d->common_group == GRAPH_NONE)
		pool.member_count = take_common(d, members, count, rest);
	pool.wanted = fmax(2, domain_share_of(d, rest, pool.member_count).mass * d->wanted);
	pool.local = mem_alloc(((size_t)d->node_count + 1) * sizeof *pool.local);
	number_members(&pool);
	add_ties(&pool);
	add_families(&pool);
	pool.edge_count = domain_edges_unite(pool.edges, pool.edge_count);
	pool.labels = mem_zalloc((size_t)pool.total + 1, sizeof *pool.labels);
	result = find_labels(&pool, err);
	if (!result) {
		absorb_small(&pool);
		result = place_parts(&pool, depth, err);
	}
	free(pool.local);
	free(pool.edges);
	free(pool.labels);
	free(rest);
	return result;
}
