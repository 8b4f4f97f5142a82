/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domain discovery.
 *
 * Nodes are stem groups (x.c with x.h). Edges: symbol dependencies, damped by how common the target is (inverse
 * fan-in); a hub per name prefix; a hub per folder, gated by how far the dependencies agree with the folders. Leiden
 * over a ladder of resolutions, several seeds each; the level on which the seeds agree most is taken, and of its
 * partitions the one that agrees most with the others.
 *
 * Constants, and why: OMNIPRESENT 0.2: a file used by every fifth group tells nothing about what belongs together
 * (Mueller et al. 1993 call these omnipresent). KIND_WEIGHT: calls and shared data say more than types, those more than
 * macros and bare includes. LADDER spans the resolutions at which C projects of 30 to 3,000 files have 4 to 40
 * communities. KEEP 0.7: where that share of files is known from the release before, its domains are kept and only new
 * files are placed. */
#include "analysis/domains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_names.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/text.h"

#define OMNIPRESENT 0.2
#define KEEP 0.7
#define DEFAULT_SEEDS 4
#define SMALLEST_SHARE 0.01 /* of all groups: a community below it joins its strongest neighbour */

static const double KIND_WEIGHT[DEPENDENCY_KINDS] = {
	[DEPENDENCY_CALL] = 1, [DEPENDENCY_INDIRECT] = 0.5, [DEPENDENCY_READ] = 0.8, [DEPENDENCY_WRITE] = 1,
	[DEPENDENCY_ADDRESS] = 0.8, [DEPENDENCY_TYPE] = 0.6, [DEPENDENCY_FIELD] = 0.8, [DEPENDENCY_MACRO] = 0.3,
	[DEPENDENCY_INCLUDE] = 0.3,
};
static const double LADDER[] = {0.6, 1.0, 1.6, 2.5};

static const char *const FOREIGN_FOLDERS[] = {"deps", "vendor", "vendored", "third_party", "third-party", "thirdparty",
					      "3rdparty", "external", "externals", "extern", "subprojects"};
static const char *const TEST_FOLDERS[] = {"test", "tests", "t", "testing", "testsuite", "unittest", "unittests"};

struct discovery {
	const struct graph *graph;
	const struct file_dependency *dependencies; size_t dependency_count;
	const struct domains_options *options;
	struct arena *arena;
	uint32_t *fixed;          /* per file: number of a fixed domain, GRAPH_NONE = to be discovered */
	struct interner *fixed_names;
	uint32_t *node_of;        /* per file: its stem group; GRAPH_NONE if fixed */
	uint32_t node_count;
	uint32_t *node_file;      /* a file of the node, for its folder and prefix */
	uint32_t *node_size;
	struct weighted_edge *edges; size_t edge_count, edge_capacity;
	uint32_t total_nodes;     /* with hubs */
	uint32_t *membership;     /* per node */
	uint32_t communities;
	bool *omnipresent;        /* per node */
};

static bool is_one_of(const char *name, size_t length, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && !strncmp(list[i], name, length))
			return true;
	return false;
}
#define IS_ONE_OF(name, length, list) is_one_of(name, length, list, sizeof(list) / sizeof *(list))

/* "deps/lua/src/lapi.c" -> "lua"; "t/helper/x.c" -> "tests"; else NULL. */
static char *fixed_name(const char *path, struct arena *arena)
{
	const char *at = path;
	for (const char *slash = strchr(at, '/'); slash; at = slash + 1, slash = strchr(at, '/')) {
		size_t length = (size_t)(slash - at);
		if (IS_ONE_OF(at, length, FOREIGN_FOLDERS)) {
			const char *next = slash + 1, *end = strchr(next, '/');
			return end ? arena_strndup(arena, next, (size_t)(end - next)) : arena_strndup(arena, at, length);
		}
		if (at == path && IS_ONE_OF(at, length, TEST_FOLDERS))
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

/* ---- stem groups ---- */

static char *folder_of(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? arena_strndup(arena, path, (size_t)(slash - path)) : arena_strdup(arena, "");
	/* Fold mirrors: include/x and src/x are x. */
	static const char *const mirrors[] = {"include", "src", "inc", "lib", "source"};
	for (size_t i = 0; i < sizeof mirrors / sizeof *mirrors; i++) {
		size_t length = strlen(mirrors[i]);
		if (!strncmp(folder, mirrors[i], length) && (folder[length] == '/' || !folder[length]))
			return folder + length + (folder[length] == '/');
	}
	return folder;
}

static void group_stems(struct discovery *d)
{
	struct interner *groups = interner_create(), *stems = interner_create();
	uint32_t files = d->graph->file_count;
	uint32_t *sources = mem_zalloc((size_t)files + 1, sizeof *sources); /* per stem: how many .c files */
	uint32_t *source_of = mem_zalloc((size_t)files + 1, sizeof *source_of);
	for (uint32_t f = 0; f < files; f++) {
		if (d->fixed[f] != GRAPH_NONE || d->graph->files[f].is_header)
			continue;
		uint32_t stem = interner_add_string(stems, domain_stem(d->graph->files[f].path, d->arena));
		sources[stem]++;
		source_of[stem] = f;
	}
	for (uint32_t f = 0; f < files; f++) {
		d->node_of[f] = GRAPH_NONE;
		if (d->fixed[f] != GRAPH_NONE)
			continue;
		const char *path = d->graph->files[f].path;
		char *stem = domain_stem(path, d->arena);
		uint32_t id;
		/* A header whose stem just one source has belongs to that source, wherever it lies. */
		if (d->graph->files[f].is_header && interner_find(stems, stem, strlen(stem), &id) && sources[id] == 1)
			path = d->graph->files[source_of[id]].path;
		struct buf key;
		buf_init(&key, BUF_NO_CEILING);
		buf_printf(&key, "%s/%s", folder_of(path, d->arena), stem);
		uint32_t node = interner_add(groups, key.data, key.length);
		buf_finish(&key);
		d->node_of[f] = node;
		if (node == d->node_count)
			d->node_file[d->node_count++] = f;
		d->node_size[node]++;
		if (!d->graph->files[f].is_header)
			d->node_file[node] = f;
	}
	free(sources);
	free(source_of);
	interner_destroy(groups);
	interner_destroy(stems);
}

/* ---- edges ---- */

static void edge(struct discovery *d, uint32_t a, uint32_t b, double weight)
{
	if (a == b || !(weight > 0))
		return;
	mem_grow(&d->edges, &d->edge_capacity, d->edge_count + 1, sizeof *d->edges);
	d->edges[d->edge_count++] = (struct weighted_edge){a < b ? a : b, a < b ? b : a, weight};
}

static int compare_edges(const void *a, const void *b)
{
	const struct weighted_edge *x = a, *y = b;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static void unite_edges(struct discovery *d)
{
	if (d->edge_count)
		qsort(d->edges, d->edge_count, sizeof *d->edges, compare_edges);
	size_t kept = 0;
	for (size_t i = 0; i < d->edge_count; i++) {
		if (kept && compare_edges(&d->edges[kept - 1], &d->edges[i]) == 0)
			d->edges[kept - 1].weight += d->edges[i].weight;
		else
			d->edges[kept++] = d->edges[i];
	}
	d->edge_count = kept;
}

static void add_dependencies(struct discovery *d)
{
	uint32_t n = d->node_count;
	uint32_t *fan_in = mem_zalloc((size_t)n + 1, sizeof *fan_in);
	struct map64 *seen = map64_create();
	for (size_t i = 0; i < d->dependency_count; i++) {
		uint32_t from = d->node_of[d->dependencies[i].from], to = d->node_of[d->dependencies[i].to];
		if (from == GRAPH_NONE || to == GRAPH_NONE || from == to)
			continue;
		uint64_t key = (uint64_t)from << 32 | to;
		if (!map64_get(seen, key, NULL)) {
			map64_put(seen, key, 1);
			fan_in[to]++;
		}
	}
	map64_destroy(seen);
	for (uint32_t i = 0; i < n; i++)
		d->omnipresent[i] = n >= 20 && fan_in[i] > OMNIPRESENT * n;
	for (size_t i = 0; i < d->dependency_count; i++) {
		const struct file_dependency *row = &d->dependencies[i];
		uint32_t from = d->node_of[row->from], to = d->node_of[row->to];
		if (from == GRAPH_NONE || to == GRAPH_NONE || from == to || d->omnipresent[from] || d->omnipresent[to])
			continue;
		edge(d, from, to, KIND_WEIGHT[row->kind] * log(1 + row->weight) * log((double)(n + 1) / fan_in[to]));
	}
	free(fan_in);
	unite_edges(d);
}

/* A hub per group of nodes that share a key (folder, prefix): each member is tied to it, so that n members cost n edges.
 * Groups of one, and groups of more than two fifths of all, say nothing. */
static void add_hubs(struct discovery *d, char *const *keys, double strength, double *useful_share)
{
	struct interner *names = interner_create();
	uint32_t n = d->node_count;
	uint32_t *count = mem_zalloc((size_t)n + 1, sizeof *count), *id = mem_alloc(((size_t)n + 1) * sizeof *id);
	uint32_t useful = 0;
	for (uint32_t i = 0; i < n; i++) {
		id[i] = keys[i] ? interner_add_string(names, keys[i]) : GRAPH_NONE;
		if (id[i] != GRAPH_NONE)
			count[id[i]]++;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (id[i] == GRAPH_NONE || d->omnipresent[i] || count[id[i]] < 2 || count[id[i]] > 0.4 * n)
			continue;
		useful++;
		if (strength > 0)
			edge(d, i, d->total_nodes + id[i], strength);
	}
	if (strength > 0)
		d->total_nodes += interner_count(names);
	if (useful_share)
		*useful_share = n ? (double)useful / n : 0;
	free(count);
	free(id);
	interner_destroy(names);
}

/* How far dependencies agree with the folders: share of weight within folders over what chance would give. */
static double folder_agreement(const struct discovery *d, char *const *folders)
{
	double within = 0, total = 0;
	for (size_t i = 0; i < d->edge_count; i++) {
		total += d->edges[i].weight;
		if (!strcmp(folders[d->edges[i].a], folders[d->edges[i].b]))
			within += d->edges[i].weight;
	}
	struct interner *names = interner_create();
	uint32_t *count = mem_zalloc((size_t)d->node_count + 1, sizeof *count);
	for (uint32_t i = 0; i < d->node_count; i++)
		count[interner_add_string(names, folders[i])]++;
	double chance = 0;
	for (uint32_t i = 0; i < interner_count(names); i++)
		chance += (double)count[i] * count[i];
	chance /= (double)d->node_count * d->node_count;
	free(count);
	interner_destroy(names);
	return total > 0 && chance > 0 ? within / total / chance : 1;
}

static void build_graph(struct discovery *d)
{
	add_dependencies(d);
	d->total_nodes = d->node_count;
	double total = 0;
	for (size_t i = 0; i < d->edge_count; i++)
		total += d->edges[i].weight;
	double mean = d->node_count ? 2 * total / d->node_count : 0; /* weight that a node has in dependencies */
	if (!(mean > 0))
		mean = 1;
	char **folders = arena_alloc(d->arena, ((size_t)d->node_count + 1) * sizeof *folders);
	char **prefixes = arena_alloc(d->arena, ((size_t)d->node_count + 1) * sizeof *prefixes);
	for (uint32_t i = 0; i < d->node_count; i++) {
		const char *path = d->graph->files[d->node_file[i]].path;
		folders[i] = folder_of(path, d->arena);
		prefixes[i] = domain_prefix(path, d->arena);
	}
	double agreement = folder_agreement(d, folders), share = 0;
	add_hubs(d, folders, 0, &share);
	double gate = agreement > 1 ? share * (1 - 1 / agreement) : 0;
	add_hubs(d, folders, mean * gate, NULL);
	add_hubs(d, prefixes, mean * 0.3, NULL);
	unite_edges(d);
}

/* ---- partitions ---- */

static double choose2(double n)
{
	return n * (n - 1) / 2;
}

/* Adjusted Rand index (Hubert & Arabie 1985) of two labelings of the first n nodes. */
static double adjusted_rand(uint32_t n, const uint32_t *a, const uint32_t *b)
{
	struct map64 *cells = map64_create();
	uint32_t *rows = mem_zalloc((size_t)n + 1, sizeof *rows), *columns = mem_zalloc((size_t)n + 1, sizeof *columns);
	struct interner *row_ids = interner_create(), *column_ids = interner_create();
	double sum = 0, row_sum = 0, column_sum = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t row = interner_add(row_ids, (const char *)&a[i], sizeof a[i]);
		uint32_t column = interner_add(column_ids, (const char *)&b[i], sizeof b[i]), count = 0;
		uint64_t key = (uint64_t)row << 32 | column;
		map64_get(cells, key, &count);
		sum += count; /* choose2 grows by the old count */
		row_sum += rows[row]++;
		column_sum += columns[column]++;
		map64_put(cells, key, count + 1);
	}
	map64_destroy(cells);
	free(rows);
	free(columns);
	interner_destroy(row_ids);
	interner_destroy(column_ids);
	double expected = n > 1 ? row_sum * column_sum / choose2(n) : 0, most = (row_sum + column_sum) / 2;
	return most > expected ? (sum - expected) / (most - expected) : 1;
}

static uint32_t count_communities(const struct discovery *d, const uint32_t *labels)
{
	bool *seen = mem_zalloc((size_t)d->total_nodes + 1, sizeof *seen);
	uint32_t count = 0;
	for (uint32_t i = 0; i < d->node_count; i++)
		if (!d->omnipresent[i] && !seen[labels[i]]) {
			seen[labels[i]] = true;
			count++;
		}
	free(seen);
	return count;
}

static int discover_cold(struct discovery *d, struct err *err)
{
	unsigned seeds = d->options->seeds ? d->options->seeds : DEFAULT_SEEDS;
	uint32_t *runs = mem_alloc(((size_t)seeds * d->total_nodes + 1) * sizeof *runs);
	double best_score = -1;
	int result = 0;
	for (size_t level = 0; level < sizeof LADDER / sizeof *LADDER && !result; level++) {
		double quality;
		for (unsigned s = 0; s < seeds && !result; s++)
			result = community_leiden(d->total_nodes, d->edges, d->edge_count, LADDER[level], s + 1, NULL,
						  runs + (size_t)s * d->total_nodes, &quality, err);
		if (result)
			break;
		double mean = 0, best_mean = -1;
		unsigned medoid = 0;
		for (unsigned s = 0; s < seeds; s++) {
			double own = 0;
			for (unsigned other = 0; other < seeds; other++)
				if (other != s)
					own += adjusted_rand(d->node_count, runs + (size_t)s * d->total_nodes,
							     runs + (size_t)other * d->total_nodes);
			mean += own;
			if (own > best_mean) {
				best_mean = own;
				medoid = s;
			}
		}
		mean = seeds > 1 ? mean / (seeds * (seeds - 1)) : 1;
		uint32_t count = count_communities(d, runs + (size_t)medoid * d->total_nodes);
		/* Agreement is easy with few, large communities: a partition whose count is far from what people make
		 * (about n^0.6, measured on MAINTAINERS files in the literature as 4-8 for 30, 15-40 for 500) pays. */
		double wanted = pow(d->node_count, 0.5) * 0.8, ratio = count ? log(count / wanted) : -5;
		double score = mean - 0.15 * fabs(ratio);
		if (score > best_score) {
			best_score = score;
			memcpy(d->membership, runs + (size_t)medoid * d->total_nodes, d->node_count * sizeof *d->membership);
		}
	}
	free(runs);
	return result;
}

/* Keeps the labels of the release before; new files take the label that they are tied to most. Returns false where
 * too little is known. */
static bool keep_previous(struct discovery *d, struct interner *labels)
{
	if (!d->options->previous)
		return false;
	uint32_t known = 0;
	for (uint32_t i = 0; i < d->node_count; i++)
		d->membership[i] = GRAPH_NONE;
	for (uint32_t f = 0; f < d->graph->file_count; f++) {
		uint32_t node = d->node_of[f];
		if (node == GRAPH_NONE || !d->options->previous[f] || d->membership[node] != GRAPH_NONE)
			continue;
		d->membership[node] = interner_add_string(labels, d->options->previous[f]);
		known++;
	}
	if (!d->node_count || known < KEEP * d->node_count)
		return false;
	uint32_t count = interner_count(labels);
	double *tie = mem_alloc(((size_t)count + 1) * sizeof *tie);
	for (uint32_t i = 0; i < d->node_count; i++) {
		if (d->membership[i] != GRAPH_NONE)
			continue;
		memset(tie, 0, count * sizeof *tie);
		for (size_t e = 0; e < d->edge_count; e++) {
			uint32_t other = d->edges[e].a == i ? d->edges[e].b : d->edges[e].b == i ? d->edges[e].a : GRAPH_NONE;
			if (other != GRAPH_NONE && other < d->node_count && d->membership[other] != GRAPH_NONE)
				tie[d->membership[other]] += d->edges[e].weight;
		}
		uint32_t best = 0;
		for (uint32_t l = 1; l < count; l++)
			if (tie[l] > tie[best])
				best = l;
		d->membership[i] = best;
	}
	free(tie);
	return true;
}

/* Communities too small to be a part of their own join the one that they are tied to most. */
static void absorb_small(struct discovery *d)
{
	uint32_t n = d->node_count;
	uint32_t *size = mem_zalloc((size_t)d->total_nodes + 1, sizeof *size);
	double *tie = mem_alloc(((size_t)d->total_nodes + 1) * sizeof *tie);
	uint32_t least = (uint32_t)ceil(SMALLEST_SHARE * n);
	if (least < 2)
		least = 2;
	for (uint32_t i = 0; i < n; i++)
		if (!d->omnipresent[i])
			size[d->membership[i]]++;
	for (uint32_t c = 0; c < d->total_nodes; c++) {
		if (!size[c] || size[c] >= least)
			continue;
		memset(tie, 0, d->total_nodes * sizeof *tie);
		for (size_t e = 0; e < d->edge_count; e++) {
			uint32_t a = d->edges[e].a, b = d->edges[e].b;
			if (a >= n || b >= n)
				continue;
			uint32_t x = d->membership[a], y = d->membership[b];
			if (x == c && y != c)
				tie[y] += d->edges[e].weight;
			if (y == c && x != c)
				tie[x] += d->edges[e].weight;
		}
		uint32_t best = c;
		for (uint32_t o = 0; o < d->total_nodes; o++)
			if (o != c && size[o] && tie[o] > (best == c ? 0 : tie[best]))
				best = o;
		if (best == c)
			continue;
		for (uint32_t i = 0; i < n; i++)
			if (d->membership[i] == c)
				d->membership[i] = best;
		size[best] += size[c];
		size[c] = 0;
	}
	free(size);
	free(tie);
}

/* ---- from nodes to domains ---- */

struct grouping { uint32_t *group_of; uint32_t count; const char **names; };

static void name_communities(struct discovery *d, struct interner *kept_names, struct grouping *out)
{
	uint32_t files = d->graph->file_count, next = 0;
	uint32_t *map = mem_alloc(((size_t)d->total_nodes + 2) * sizeof *map);
	for (uint32_t i = 0; i < d->total_nodes + 2; i++)
		map[i] = GRAPH_NONE;
	out->group_of = mem_alloc(((size_t)files + 1) * sizeof *out->group_of);
	uint32_t common = GRAPH_NONE;
	for (uint32_t f = 0; f < files; f++) {
		uint32_t node = d->node_of[f];
		out->group_of[f] = GRAPH_NONE;
		if (node == GRAPH_NONE)
			continue;
		if (!kept_names && d->omnipresent[node]) {
			if (common == GRAPH_NONE)
				common = next++;
			out->group_of[f] = common;
			continue;
		}
		uint32_t community = d->membership[node];
		if (map[community] == GRAPH_NONE)
			map[community] = next++;
		out->group_of[f] = map[community];
	}
	out->count = next;
	out->names = arena_alloc(d->arena, ((size_t)next + 1) * sizeof *out->names);
	double *weight = mem_zalloc((size_t)files + 1, sizeof *weight);
	for (size_t i = 0; i < d->dependency_count; i++) {
		const struct file_dependency *row = &d->dependencies[i];
		if (out->group_of[row->from] == out->group_of[row->to])
			weight[row->to] += KIND_WEIGHT[row->kind] * row->weight;
	}
	const char **taken = mem_zalloc((size_t)interner_count(d->fixed_names) + 2, sizeof *taken);
	uint32_t taken_count = 0;
	for (uint32_t i = 0; i < interner_count(d->fixed_names); i++)
		taken[taken_count++] = interner_text(d->fixed_names, i);
	if (common != GRAPH_NONE)
		taken[taken_count++] = "common";
	domain_names(d->graph, out->group_of, next, weight, taken, d->arena, out->names);
	if (common != GRAPH_NONE)
		out->names[common] = "common";
	for (uint32_t c = 0; kept_names && c < interner_count(kept_names); c++)
		if (map[c] != GRAPH_NONE)
			out->names[map[c]] = arena_strdup(d->arena, interner_text(kept_names, c));
	free(taken);
	free(weight);
	free(map);
}

static int compare_domains(const void *a, const void *b)
{
	return strcmp(((const struct domain *)a)->name, ((const struct domain *)b)->name);
}

static void make_domains(struct discovery *d, const struct grouping *groups, struct domains_result *out)
{
	struct interner *names = interner_create();
	uint32_t files = d->graph->file_count;
	out->domain_of = mem_alloc(((size_t)files + 1) * sizeof *out->domain_of);
	for (uint32_t f = 0; f < files; f++)
		out->domain_of[f] = interner_add_string(names, d->fixed[f] != GRAPH_NONE
								       ? interner_text(d->fixed_names, d->fixed[f])
								       : groups->names[groups->group_of[f]]);
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

/* ---- measures ---- */

static int compare_links(const void *a, const void *b)
{
	const struct domain_link *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

struct symbol_link { uint32_t from, to, symbol; };

static int compare_symbol_links(const void *a, const void *b)
{
	const struct symbol_link *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

struct symbol_links { struct symbol_link *items; size_t count, capacity; };

static void symbol_link(struct symbol_links *links, const struct graph *graph, const struct domains_result *result,
			uint32_t from_file, uint32_t symbol)
{
	uint32_t file = graph->symbols[symbol].file;
	if (from_file == GRAPH_NONE || file == GRAPH_NONE || !graph->symbols[symbol].is_defined)
		return;
	uint32_t from = result->domain_of[from_file], to = result->domain_of[file];
	if (from == to)
		return;
	mem_grow(&links->items, &links->capacity, links->count + 1, sizeof *links->items);
	links->items[links->count++] = (struct symbol_link){from, to, symbol};
}

static void measure_links(const struct discovery *d, const struct graph_call *indirect, size_t indirect_count,
			  struct domains_result *out)
{
	const struct graph *graph = d->graph;
	size_t capacity = 0;
	double *within = mem_zalloc((size_t)out->count + 1, sizeof *within);
	double *crossing = mem_zalloc((size_t)out->count + 1, sizeof *crossing);
	for (size_t i = 0; i < d->dependency_count; i++) {
		const struct file_dependency *row = &d->dependencies[i];
		uint32_t from = out->domain_of[row->from], to = out->domain_of[row->to];
		if (!dependency_is_written(row->kind))
			continue;
		if (from == to) {
			within[from] += row->weight;
			continue;
		}
		crossing[from] += row->weight;
		crossing[to] += row->weight;
		mem_grow(&out->links, &capacity, out->link_count + 1, sizeof *out->links);
		out->links[out->link_count++] = (struct domain_link){from, to, row->weight, 0};
	}
	if (out->link_count)
		qsort(out->links, out->link_count, sizeof *out->links, compare_links);
	size_t kept = 0;
	for (size_t i = 0; i < out->link_count; i++) {
		if (kept && compare_links(&out->links[kept - 1], &out->links[i]) == 0)
			out->links[kept - 1].weight += out->links[i].weight;
		else
			out->links[kept++] = out->links[i];
	}
	out->link_count = kept;
	for (uint32_t i = 0; i < out->count; i++)
		out->domains[i].cohesion = within[i] + crossing[i] > 0 ? within[i] / (within[i] + crossing[i]) : 1;
	free(within);
	free(crossing);

	struct symbol_links symbols = {0};
	for (uint32_t i = 0; i < graph->call_count; i++)
		symbol_link(&symbols, graph, out, graph->calls[i].file, graph->calls[i].callee);
	for (size_t i = 0; i < indirect_count; i++)
		symbol_link(&symbols, graph, out, indirect[i].file, indirect[i].callee);
	for (uint32_t i = 0; i < graph->use_count; i++)
		symbol_link(&symbols, graph, out, graph->uses[i].from_file, graph->uses[i].to);
	if (symbols.count)
		qsort(symbols.items, symbols.count, sizeof *symbols.items, compare_symbol_links);
	for (size_t i = 0; i < symbols.count; i++) {
		if (i && compare_symbol_links(&symbols.items[i - 1], &symbols.items[i]) == 0)
			continue;
		struct domain_link key = {.from = symbols.items[i].from, .to = symbols.items[i].to};
		struct domain_link *link = out->link_count
			? bsearch(&key, out->links, out->link_count, sizeof key, compare_links) : NULL;
		if (link)
			link->symbols++;
	}
	free(symbols.items);
}

static void measure_domains(const struct discovery *d, const struct graph_call *indirect, size_t indirect_count,
			    struct domains_result *out)
{
	const struct graph *graph = d->graph;
	for (uint32_t f = 0; f < graph->file_count; f++) {
		out->domains[out->domain_of[f]].files++;
		out->domains[out->domain_of[f]].lines += graph->files[f].code_lines;
	}
	bool *shared = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *shared);
	for (uint32_t i = 0; i < graph->call_count + indirect_count; i++) {
		const struct graph_call *call = i < graph->call_count ? &graph->calls[i] : &indirect[i - graph->call_count];
		uint32_t file = graph->symbols[call->callee].file;
		if (file != GRAPH_NONE && out->domain_of[file] != out->domain_of[call->file])
			shared[call->callee] = true;
	}
	uint32_t *exclusive = mem_zalloc((size_t)out->count + 1, sizeof *exclusive);
	for (uint32_t i = 0; i < graph->function_count; i++) {
		uint32_t domain = out->domain_of[graph->functions[i].file];
		out->domains[domain].functions++;
		exclusive[domain] += !shared[graph->functions[i].symbol];
	}
	for (uint32_t i = 0; i < out->count; i++)
		out->domains[i].exclusivity = out->domains[i].functions ? (double)exclusive[i] / out->domains[i].functions : 1;
	free(shared);
	free(exclusive);
	measure_links(d, indirect, indirect_count, out);
}

int domains_discover(const struct graph *graph, const struct file_dependency *dependencies, size_t dependency_count,
		     const struct graph_call *indirect, size_t indirect_count, const struct domains_options *options,
		     struct domains_result **out, struct err *err)
{
	size_t files = (size_t)graph->file_count + 1;
	struct discovery d = {
		.graph = graph, .dependencies = dependencies, .dependency_count = dependency_count, .options = options,
		.arena = arena_create(), .fixed_names = interner_create(),
	};
	d.fixed = arena_alloc(d.arena, files * sizeof *d.fixed);
	d.node_of = arena_alloc(d.arena, files * sizeof *d.node_of);
	d.node_file = arena_alloc(d.arena, files * sizeof *d.node_file);
	d.node_size = arena_zalloc(d.arena, files, sizeof *d.node_size);
	d.omnipresent = arena_zalloc(d.arena, files, sizeof *d.omnipresent);
	place_fixed(&d);
	group_stems(&d);
	build_graph(&d);
	d.membership = arena_zalloc(d.arena, (size_t)d.total_nodes + files, sizeof *d.membership);
	struct interner *kept_names = interner_create();
	int result = 0;
	bool kept = keep_previous(&d, kept_names);
	if (!kept)
		result = discover_cold(&d, err);
	if (!result) {
		if (!kept)
			absorb_small(&d);
		struct grouping groups = {0};
		name_communities(&d, kept ? kept_names : NULL, &groups);
		struct domains_result *made = mem_zalloc(1, sizeof *made);
		made->arena = arena_create();
		make_domains(&d, &groups, made);
		measure_domains(&d, indirect, indirect_count, made);
		free(groups.group_of);
		*out = made;
	}
	free(d.edges);
	interner_destroy(kept_names);
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
