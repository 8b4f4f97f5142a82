/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From ties to partitions: how fine the default is, and what is coarser and finer than it.
 *
 * A ladder of resolutions is built around the one at which a codebase of this size falls into about as many parts as
 * people make of it; on each rung many seeds run, and what they agree on is that rung's partition. The default is the
 * rung that agrees best with the folders, as far as they are to be believed, with the number wanted, and with itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"

#define SEEDS 20
#define RUNGS 7
#define STEP 1.35           /* from rung to rung, times the resolution */
#define SEARCHES 9          /* steps to find the middle of the ladder */
#define LEAST_RESOLUTION 0.05
#define MOST_RESOLUTION 400
/* Parts that people make: about four of 40 stem groups, 15 of 200, 50 of 1,000. Counted as effective parts, exp of the
 * entropy of sizes, since many small leftovers are not many parts. */
#define WANTED 0.205
#define WANTED_POWER 0.8
#define WANTED_SPREAD 0.5   /* in natural logarithms: twice or half as many are still likely */
#define FEWEST_COUNTED 10   /* nodes; how many parts so few fall into says nothing */
#define GATED 0.7           /* how much less the number counts where folders are believed in full */
#define AGREEMENT 0.3       /* how much agreement of the seeds counts beside the other two */
#define WORK 60000000u      /* edges that the runs of the ladder pass in all; a larger graph has fewer seeds on each rung */

struct ladder {
	struct discovery *d;
	unsigned seeds, threads;
	uint32_t **labels;       /* one per seed */
	uint32_t *folder;        /* per node; GRAPH_NONE: it tells nothing */
	bool *counts;            /* per node: it is one of those whose parts are counted */
	uint32_t counted;        /* number of those */
};

/* How many parts those nodes that count lie in. */
static double effective(const struct ladder *ladder, const uint32_t *labels)
{
	uint32_t n = ladder->d->node_count, *sizes = mem_zalloc((size_t)n + 1, sizeof *sizes);
	double entropy = 0;
	for (uint32_t i = 0; i < n; i++)
		sizes[labels[i]] += ladder->counts[i];
	for (uint32_t i = 0; i < n; i++)
		entropy -= sizes[i] ? (double)sizes[i] / ladder->counted * log((double)sizes[i] / ladder->counted) : 0;
	free(sizes);
	return exp(entropy);
}

/* Labels of nodes without those of hubs, numbered below the number of nodes. */
static void strip_hubs(const struct discovery *d, uint32_t *labels)
{
	uint32_t *map = mem_alloc(((size_t)d->total + 1) * sizeof *map), next = 0;
	memset(map, 0xff, ((size_t)d->total + 1) * sizeof *map);
	for (uint32_t i = 0; i < d->node_count; i++) {
		if (map[labels[i]] == GRAPH_NONE)
			map[labels[i]] = next++;
		labels[i] = map[labels[i]];
	}
	free(map);
}

static uint64_t seed_of(const struct discovery *d, unsigned number)
{
	uint64_t state = d->options->seed ^ (uint64_t)number << 32;
	return leiden_random(&state);
}

static double wanted(const struct ladder *ladder)
{
	return fmax(2, WANTED * pow(ladder->counted, WANTED_POWER));
}

/* All parts, or those that last: smaller ones go with others (domain_groups_finish). */
static uint32_t count_parts(const uint32_t *labels, uint32_t n, uint32_t fewest)
{
	uint32_t *sizes = mem_zalloc((size_t)n + 1, sizeof *sizes), count = 0;
	for (uint32_t i = 0; i < n; i++)
		count += ++sizes[labels[i]] == fewest;
	free(sizes);
	return count;
}

/* Seeds for each of the many runs that look for a resolution: fewer on a large graph. */
static unsigned seeds_affordable(const struct ladder *ladder)
{
	size_t each = (ladder->d->edge_count + ladder->d->total + 1) * RUNGS;
	return (unsigned)fmin(ladder->seeds, fmax(1, (double)WORK / (double)each));
}

/* The resolution at which seeds find about so many parts on average: by one alone, the whole ladder would stand or fall with it.
 * Finer is more, nearly always: bisection. */
static double find_middle(struct ladder *ladder, double parts, bool counted)
{
	const struct discovery *d = ladder->d;
	double low = log(LEAST_RESOLUTION), high = log(MOST_RESOLUTION);
	unsigned seeds = (unsigned)fmin(SEEDS, seeds_affordable(ladder));
	for (unsigned i = 0; i < SEARCHES; i++) {
		double middle = (low + high) / 2, found = 0;
		struct leiden_options options[SEEDS];
		for (unsigned s = 0; s < seeds; s++)
			options[s] = (struct leiden_options){.resolution = exp(middle), .seed = seed_of(d, s), .rounds = 1};
		leiden_run_all(&d->ties, options, ladder->labels, seeds, ladder->threads);
		for (unsigned s = 0; s < seeds; s++) {
			strip_hubs(d, ladder->labels[s]);
			found += (counted ? count_parts(ladder->labels[s], d->node_count, 1) : effective(ladder, ladder->labels[s])) / seeds;
		}
		if (found < parts)
			low = middle;
		else
			high = middle;
	}
	return exp((low + high) / 2);
}

/* ---- judging a rung ---- */

static double pairs(double n)
{
	return n * (n - 1) / 2;
}

static double plogp(double count, double n)
{
	return count > 0 ? -count / n * log(count / n) : 0;
}

/* How two partitions agree: mutual information over the mean entropy, and the adjusted Rand index. Only where both labels
 * are known. */
static void compare(const uint32_t *a, const uint32_t *b, uint32_t n, double *information, double *rand)
{
	struct interner *cells = interner_create();
	uint32_t *rows = mem_zalloc((size_t)n + 1, sizeof *rows), *columns = mem_zalloc((size_t)n + 1, sizeof *columns);
	uint32_t *counts = mem_zalloc((size_t)n + 1, sizeof *counts), known = 0;
	double same = 0, same_a = 0, same_b = 0, ha = 0, hb = 0, hab = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (a[i] == GRAPH_NONE || b[i] == GRAPH_NONE)
			continue;
		uint64_t key = (uint64_t)a[i] << 32 | b[i];
		known++;
		same += counts[interner_add(cells, (const char *)&key, sizeof key)]++;
		same_a += rows[a[i]]++;
		same_b += columns[b[i]]++;
	}
	for (uint32_t i = 0; i < n && known; i++) {
		ha += plogp(rows[i], known);
		hb += plogp(columns[i], known);
		hab += plogp(counts[i], known);
	}
	double expected = known > 1 ? same_a * same_b / pairs(known) : 0, mean = (same_a + same_b) / 2;
	*rand = fabs(mean - expected) < 1e-9 ? 1 : (same - expected) / (mean - expected);
	*information = ha + hb > 1e-9 ? 2 * (ha + hb - hab) / (ha + hb) : 1;
	interner_destroy(cells);
	free(rows);
	free(columns);
	free(counts);
}

double domain_agreement(const uint32_t *a, const uint32_t *b, uint32_t n)
{
	double information, rand;
	compare(a, b, n, &information, &rand);
	return rand;
}

/* Which folders tell something; and, where one folder holds most of the nodes, that the parts wanted are those of it and of what has no
 * folder of its own: small folders beside it become parts of their own on any rung, and would make up the number while the folder that
 * has to be taken apart stays whole. */
static void look_at_folders(struct ladder *ladder)
{
	const struct discovery *d = ladder->d;
	struct interner *names = interner_create();
	uint32_t *sizes = mem_zalloc((size_t)d->node_count + 1, sizeof *sizes), largest = 0;
	uint32_t *folder = ladder->folder = mem_alloc(((size_t)d->node_count + 1) * sizeof *ladder->folder);
	double most = DOMAIN_FOLDER_LARGEST * d->node_count;
	for (uint32_t i = 0; i < d->node_count; i++) {
		folder[i] = interner_add_string(names, d->nodes[i].home ? d->nodes[i].home : "?");
		if (d->nodes[i].home && ++sizes[folder[i]] > sizes[largest])
			largest = folder[i];
	}
	bool is_one = sizes[largest] > most && sizes[largest] >= FEWEST_COUNTED;
	ladder->counts = mem_alloc((size_t)d->node_count + 1);
	ladder->counted = 0;
	for (uint32_t i = 0; i < d->node_count; i++) {
		bool has_folder = d->nodes[i].home != NULL;
		ladder->counts[i] = !is_one || !has_folder || folder[i] == largest;
		ladder->counted += ladder->counts[i];
		if (!has_folder || sizes[folder[i]] < 2 || sizes[folder[i]] > most)
			folder[i] = GRAPH_NONE;
	}
	free(sizes);
	interner_destroy(names);
}

static void run_rung(struct ladder *ladder, struct domain_level *level, unsigned seeds)
{
	struct discovery *d = ladder->d;
	struct leiden_options *options = mem_zalloc(seeds, sizeof *options);
	for (unsigned s = 0; s < seeds; s++)
		options[s] = (struct leiden_options){.resolution = level->resolution, .seed = seed_of(d, s), .rounds = 1};
	leiden_run_all(&ladder->d->ties, options, ladder->labels, seeds, ladder->threads);
	for (unsigned s = 0; s < seeds; s++)
		strip_hubs(d, ladder->labels[s]);
	level->count = domain_consensus((const uint32_t *const *)ladder->labels, seeds, d->node_count,
					level->labels);
	level->agreement = 0;
	for (unsigned s = 0; s < seeds; s++)
		level->agreement += domain_agreement(ladder->labels[s], level->labels, d->node_count) / seeds;
	free(options);
}

static double judge(const struct ladder *ladder, const struct domain_level *level)
{
	const struct discovery *d = ladder->d;
	double information, rand, off = log(effective(ladder, level->labels) / wanted(ladder)) / WANTED_SPREAD;
	compare(level->labels, ladder->folder, d->node_count, &information, &rand);
	return d->folder_gate * information + (1 - GATED * d->folder_gate) * exp(-off * off / 2) + AGREEMENT * level->agreement;
}

static void level_init(struct discovery *d, struct domain_level *level, double resolution)
{
	*level = (struct domain_level){.resolution = resolution,
				       .labels = arena_zalloc(d->arena, (size_t)d->node_count + 1, sizeof *level->labels)};
}

static uint32_t **labels_make(const struct ladder *ladder)
{
	struct discovery *d = ladder->d;
	uint32_t **labels = arena_alloc(d->arena, (ladder->seeds + 1) * sizeof *labels);
	for (unsigned s = 0; s < ladder->seeds; s++)
		labels[s] = arena_alloc(d->arena, ((size_t)d->total + 1) * sizeof **labels);
	return labels;
}

/* The rungs, each with as many seeds as the work allowed permits; then the chosen one with all, unless it had them. Its labels
 * stay. */
static void climb(struct ladder *ladder)
{
	struct discovery *d = ladder->d;
	double middle = find_middle(ladder, wanted(ladder), false), best = -1;
	unsigned seeds = seeds_affordable(ladder);
	struct domain_level rungs[RUNGS];
	unsigned at = 0;
	uint32_t **best_labels = labels_make(ladder);
	for (unsigned r = 0; r < RUNGS; r++) {
		level_init(d, &rungs[r], middle * pow(STEP, (double)r - RUNGS / 2));
		run_rung(ladder, &rungs[r], seeds);
		double verdict = judge(ladder, &rungs[r]);
		if (verdict > best) {
			uint32_t **swap = best_labels;
			best_labels = ladder->labels;
			ladder->labels = swap;
			best = verdict;
			at = r;
		}
	}
	ladder->labels = best_labels;
	if (seeds < ladder->seeds)
		run_rung(ladder, &rungs[at], ladder->seeds);
	d->level = rungs[at];
}

/* So many domains as asked for: somewhat more are found, and those tied most are joined (domains.c). Where the graph has not so
 * many, the rung that has most. */
static void take_wanted(struct ladder *ladder)
{
	struct discovery *d = ladder->d;
	double middle = find_middle(ladder, fmin(d->options->wanted, d->node_count / (double)DOMAIN_FEWEST_NODES), true), best = middle;
	uint32_t most = 0;
	for (int tries = 0; tries < 2 * RUNGS && most < d->options->wanted; tries++) {
		level_init(d, &d->level, middle * pow(STEP, tries < RUNGS ? tries : RUNGS - 1 - tries));
		run_rung(ladder, &d->level, ladder->seeds);
		uint32_t found = count_parts(d->level.labels, d->node_count, DOMAIN_FEWEST_NODES);
		if (found > most || !tries) {
			most = found;
			best = d->level.resolution;
		}
	}
	if (d->level.resolution == best)
		return;
	level_init(d, &d->level, best);
	run_rung(ladder, &d->level, ladder->seeds);
}

void domain_levels_make(struct discovery *d)
{
	struct ladder ladder = {.d = d, .seeds = d->options->seeds ? d->options->seeds : SEEDS,
				.threads = d->options->threads ? d->options->threads : 1};
	ladder.labels = labels_make(&ladder);
	if (!domain_memory_recall(d, ladder.seeds, ladder.labels)) {
		look_at_folders(&ladder);
		if (d->options->wanted)
			take_wanted(&ladder);
		else
			climb(&ladder);
		domain_memory_keep(d, ladder.seeds, ladder.labels);
	}
	d->seeds = ladder.labels;
	d->seed_count = ladder.seeds;
	for (uint32_t i = 0; i < d->node_count; i++)
		d->nodes[i].group = d->level.labels[i];
	d->group_count = d->level.count;
	free(ladder.folder);
	free(ladder.counts);
}

/* ---- coarser and finer ---- */

/* Ties between groups, a hub handing its votes on to the group that most of its voters are in. */
static size_t tie_groups(const struct discovery *d, struct weighted_edge **edges)
{
	size_t count = 0, capacity = 0;
	uint32_t *home = mem_alloc(((size_t)d->total + 1) * sizeof *home);
	double *tie = mem_zalloc((size_t)d->group_count + 1, sizeof *tie);
	for (uint32_t i = 0; i < d->total; i++) {
		home[i] = i < d->node_count ? d->nodes[i].group : GRAPH_NONE;
		for (size_t e = d->ties.offsets[i]; i >= d->node_count && e < d->ties.offsets[i + 1]; e++) {
			uint32_t group = d->nodes[d->ties.targets[e]].group;
			tie[group] += d->ties.weights[e];
			if (home[i] == GRAPH_NONE || tie[group] > tie[home[i]])
				home[i] = group;
		}
		for (size_t e = d->ties.offsets[i]; i >= d->node_count && e < d->ties.offsets[i + 1]; e++)
			tie[d->nodes[d->ties.targets[e]].group] = 0;
	}
	for (size_t e = 0; e < d->edge_count; e++) {
		uint32_t a = home[d->edges[e].a], b = home[d->edges[e].b];
		if (a == b || a == GRAPH_NONE || b == GRAPH_NONE)
			continue;
		mem_grow(edges, &capacity, count + 1, sizeof **edges);
		(*edges)[count++] = (struct weighted_edge){a < b ? a : b, a < b ? b : a, d->edges[e].weight};
	}
	free(home);
	free(tie);
	return domain_edges_unite(*edges, count);
}

#define COARSE_POWER 0.6 /* of the number of domains: 30 lie in 8 larger parts, 100 in 16 */

uint32_t domain_levels_coarse(const struct discovery *d, uint32_t *labels)
{
	struct weighted_edge *edges = NULL;
	struct leiden_graph graph;
	uint32_t *groups = mem_zalloc((size_t)d->group_count + 1, sizeof *groups), count = d->group_count;
	double low = log(LEAST_RESOLUTION), high = log(MOST_RESOLUTION), parts = fmax(2, pow(d->group_count, COARSE_POWER));
	size_t edge_count = tie_groups(d, &edges);
	leiden_graph_init(&graph, d->group_count, edges, edge_count);
	for (unsigned i = 0; i < SEARCHES; i++) {
		struct leiden_options options = {.resolution = exp((low + high) / 2), .seed = seed_of(d, 0)};
		count = leiden_run(&graph, &options, groups);
		*(count < parts ? &low : &high) = (low + high) / 2;
	}
	for (uint32_t i = 0; i < d->node_count; i++)
		labels[i] = groups[d->nodes[i].group];
	leiden_graph_finish(&graph);
	free(groups);
	free(edges);
	return leiden_renumber(labels, d->node_count);
}

#define FINE_RATIO 4.0   /* times the resolution of the default: two or three parts of most domains */
#define FINE_FEWEST 3    /* nodes; what is smaller stays with the rest of its domain */

uint32_t domain_levels_fine(const struct discovery *d, uint32_t *labels)
{
	uint32_t n = d->node_count, *within = mem_alloc(((size_t)d->total + 1) * sizeof *within);
	struct leiden_options options = {.resolution = d->level.resolution * FINE_RATIO, .seed = seed_of(d, 0)};
	leiden_run(&d->ties, &options, within);
	struct interner *parts = interner_create();
	uint32_t *sizes = mem_zalloc((size_t)n + 1, sizeof *sizes);
	for (uint32_t pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < n; i++) {
			uint32_t key[2] = {d->nodes[i].group, within[i]};
			uint32_t part = interner_add(parts, (const char *)key, sizeof key);
			if (!pass) {
				sizes[part]++;
			} else if (sizes[part] < FINE_FEWEST) {
				key[1] = GRAPH_NONE;
				part = interner_add(parts, (const char *)key, sizeof key);
			}
			labels[i] = part;
		}
	free(sizes);
	free(within);
	uint32_t *map = mem_alloc(((size_t)interner_count(parts) + 1) * sizeof *map), next = 0;
	memset(map, 0xff, ((size_t)interner_count(parts) + 1) * sizeof *map);
	for (uint32_t i = 0; i < n; i++) {
		if (map[labels[i]] == GRAPH_NONE)
			map[labels[i]] = next++;
		labels[i] = map[labels[i]];
	}
	free(map);
	interner_destroy(parts);
	return next;
}
