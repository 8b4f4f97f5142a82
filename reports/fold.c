/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a report is drawn. */
#include "fold.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_NODES 40
#define DEFAULT_EDGES 120
#define FEWEST_FOR_HUBS 8  /* drawn nodes; below, every edge has room */
#define HUB_USERS 0.4      /* of the nodes count it among what they use most: a hub */
#define MUCH_USED 0.1      /* of what a node uses, by weight */
#define HUB_EDGES 3        /* drawn to a hub */

struct ranked { double first, second; uint32_t index; };

static double positive(double value)
{
	return value > 0 && value < 1e300 ? value : 0; /* NaN and infinities are nobody's size */
}

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->first != y->first)
		return x->first > y->first ? -1 : 1;
	if (x->second != y->second)
		return x->second > y->second ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static bool is_edge(const struct report *report, const struct report_edge *edge)
{
	return edge->from < report->node_count && edge->to < report->node_count && edge->from != edge->to;
}

static uint32_t group_of(const struct report *report, uint32_t node)
{
	return report->nodes[node].group < report->group_count ? report->nodes[node].group : REPORT_NONE;
}

/* Ranks the nodes on one side of the boundary; those inside by size, neighbours by how strongly they are tied. */
static size_t rank_nodes(const struct report *report, bool outside, const double *ties, struct ranked *out)
{
	size_t count = 0;

	for (uint32_t i = 0; i < report->node_count; i++) {
		double size = positive(report->nodes[i].size);
		if (report->nodes[i].is_outside != outside)
			continue;
		out[count++] = (struct ranked){ outside ? ties[i] : size, outside ? size : ties[i], i };
	}
	qsort(out, count, sizeof *out, compare_ranked);
	return count;
}

static void take_nodes(const struct report *report, struct fold *fold, const struct ranked *ranked, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t node = ranked[i].index;
		fold->drawn_as[node] = (uint32_t)fold->node_count;
		fold->nodes[fold->node_count++] = (struct fold_node){
			.source = node, .group = group_of(report, node), .folded = 1,
			.size = positive(report->nodes[node].size) };
		if (!report->nodes[node].is_outside && fold->largest < positive(report->nodes[node].size))
			fold->largest = positive(report->nodes[node].size);
	}
}

static int choose_nodes(const struct report *report, struct fold *fold)
{
	size_t top = report->top_nodes ? report->top_nodes : DEFAULT_NODES;
	double *ties = calloc(report->node_count + 1, sizeof *ties);
	struct ranked *inside = calloc(report->node_count + 1, sizeof *inside);
	struct ranked *outside = calloc(report->node_count + 1, sizeof *outside);
	size_t inside_count, outside_count, outside_take;
	int status = -1;

	if (!ties || !inside || !outside)
		goto out;
	for (size_t i = 0; i < report->edge_count; i++) {
		if (!is_edge(report, &report->edges[i]))
			continue;
		ties[report->edges[i].from] += positive(report->edges[i].weight);
		ties[report->edges[i].to] += positive(report->edges[i].weight);
	}
	inside_count = rank_nodes(report, false, ties, inside);
	outside_count = rank_nodes(report, true, ties, outside);
	if (top > FOLD_MOST_NODES)
		top = FOLD_MOST_NODES;
	/* A neighbour is context: it gets a quarter of the room, and no more where the domain leaves some. */
	outside_take = outside_count < top / 4 ? outside_count : top / 4;
	if (inside_count > top - outside_take)
		inside_count = top - outside_take;
	take_nodes(report, fold, inside, inside_count);
	take_nodes(report, fold, outside, outside_take);
	status = 0;
out:
	free(ties);
	free(inside);
	free(outside);
	return status;
}

/* One node per drawn group for its nodes that are not drawn, and one for all groups of which nothing is. */
static int fold_rest(const struct report *report, struct fold *fold)
{
	size_t slots = report->group_count + 1;
	uint32_t *fold_of = malloc(slots * sizeof *fold_of);
	bool *is_drawn = calloc(slots, sizeof *is_drawn), *is_counted = calloc(slots, sizeof *is_counted);
	int status = -1;

	if (!fold_of || !is_drawn || !is_counted)
		goto out;
	memset(fold_of, 0xFF, slots * sizeof *fold_of);
	for (size_t i = 0; i < fold->node_count; i++)
		if (fold->nodes[i].group != REPORT_NONE)
			is_drawn[fold->nodes[i].group] = true;
	for (uint32_t i = 0; i < report->node_count; i++) {
		uint32_t group = group_of(report, i);
		bool keeps_group = group != REPORT_NONE && is_drawn[group];
		uint32_t slot = keeps_group ? group : (uint32_t)report->group_count;
		struct fold_node *node;

		if (fold->drawn_as[i] != REPORT_NONE)
			continue;
		if (fold_of[slot] == REPORT_NONE) {
			fold_of[slot] = (uint32_t)fold->node_count;
			fold->nodes[fold->node_count++] = (struct fold_node){
				.source = REPORT_NONE, .group = keeps_group ? group : REPORT_NONE };
		}
		node = &fold->nodes[fold_of[slot]];
		node->folded++;
		node->size += positive(report->nodes[i].size);
		if (group != REPORT_NONE && !keeps_group && !is_counted[group]) {
			is_counted[group] = true;
			node->groups_folded++;
		}
		fold->drawn_as[i] = fold_of[slot];
		fold->nodes_folded++;
	}
	status = 0;
out:
	free(fold_of);
	free(is_drawn);
	free(is_counted);
	return status;
}

static int compare_edges(const void *a, const void *b)
{
	const struct fold_edge *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct fold_edge *x = a, *y = b;
	uint32_t x_low = x->from < x->to ? x->from : x->to, y_low = y->from < y->to ? y->from : y->to;
	uint32_t x_high = x->from ^ x->to ^ x_low, y_high = y->from ^ y->to ^ y_low;

	if (x_low != y_low)
		return x_low < y_low ? -1 : 1;
	if (x_high != y_high)
		return x_high < y_high ? -1 : 1;
	return compare_edges(a, b);
}

/* An edge and the one back become one, in the heavier direction. */
static size_t unite_pairs(struct fold_edge *edges, size_t count)
{
	size_t kept = 0;

	qsort(edges, count, sizeof *edges, compare_pairs);
	for (size_t i = 0; i < count; i++) {
		struct fold_edge *last = kept ? &edges[kept - 1] : NULL;

		if (!last || last->reverse != REPORT_NONE || last->from != edges[i].to || last->to != edges[i].from) {
			edges[kept++] = edges[i];
			continue;
		}
		last->reverse = edges[i].source;
		last->back = edges[i].weight;
		last->weight += edges[i].weight;
		last->in_cycle |= edges[i].in_cycle;
		last->written |= edges[i].written;
		last->observed |= edges[i].observed;
	}
	return kept;
}

/* All edges between drawn nodes, heaviest first; the others are counted. */
static size_t gather_edges(const struct report *report, struct fold *fold)
{
	size_t count = 0;

	for (uint32_t i = 0; i < report->edge_count; i++) {
		const struct report_edge *edge = &report->edges[i];
		uint32_t from, to;

		if (!is_edge(report, edge))
			continue;
		from = fold->drawn_as[edge->from];
		to = fold->drawn_as[edge->to];
		if (fold->nodes[from].source == REPORT_NONE || fold->nodes[to].source == REPORT_NONE) {
			fold->edges_folded++;
			fold->folded_weight += positive(edge->weight);
			continue;
		}
		fold->edges[count++] = (struct fold_edge){ .from = from, .to = to, .source = i,
			.reverse = REPORT_NONE, .weight = positive(edge->weight), .written = edge->weight > 0,
			.observed = edge->observed > 0, .in_cycle = edge->in_cycle };
	}
	count = unite_pairs(fold->edges, count);
	qsort(fold->edges, count, sizeof *fold->edges, compare_edges);
	return count;
}

/* What nearly everyone uses would draw every line to itself and hide the others: it is told in words instead. */
static int find_hubs(const struct report *report, struct fold *fold)
{
	double *uses = calloc(report->node_count + 1, sizeof *uses);
	uint32_t *much = calloc(fold->node_count + 1, sizeof *much);

	if (!uses || !much) {
		free(uses);
		free(much);
		return -1;
	}
	for (size_t i = 0; i < report->edge_count; i++)
		if (is_edge(report, &report->edges[i]))
			uses[report->edges[i].from] += positive(report->edges[i].weight);
	for (size_t i = 0; i < report->edge_count; i++) {
		const struct report_edge *edge = &report->edges[i];

		if (!is_edge(report, edge) || !(positive(edge->weight) > 0))
			continue;
		fold->nodes[fold->drawn_as[edge->to]].users++;
		much[fold->drawn_as[edge->to]] += positive(edge->weight) > MUCH_USED * uses[edge->from];
	}
	for (size_t i = 0; i < fold->node_count && report->node_count >= FEWEST_FOR_HUBS; i++) {
		fold->nodes[i].is_hub = fold->nodes[i].source != REPORT_NONE &&
					much[i] > HUB_USERS * (double)(report->node_count - 1);
		fold->hubs += fold->nodes[i].is_hub;
	}
	free(uses);
	free(much);
	return 0;
}

/* reach[a]: the bits of all nodes that a leads to, itself included, over the edges kept so far. */
static void keep_edge(uint64_t *reach, size_t nodes, size_t words, const struct fold_edge *edge)
{
	for (size_t i = 0; i < nodes; i++)
		if (reach[i * words + edge->from / 64] >> (edge->from % 64) & 1)
			for (size_t w = 0; w < words; w++)
				reach[i * words + w] |= reach[edge->to * words + w];
}

/* Heaviest edges first, each that would close a cycle with those before it is marked: what is left has no cycle, and
 * the marked ones are the cheap end of each cycle (the greedy feedback arc set). */
static int mark_closing(struct fold *fold, size_t count)
{
	size_t words = fold->node_count / 64 + 1;
	uint64_t *reach = calloc(fold->node_count * words + 1, sizeof *reach);

	if (!reach)
		return -1;
	for (size_t i = 0; i < fold->node_count; i++)
		reach[i * words + i / 64] |= UINT64_C(1) << (i % 64);
	for (size_t i = 0; i < count; i++) {
		struct fold_edge *edge = &fold->edges[i];
		edge->closes = reach[edge->to * words + edge->from / 64] >> (edge->from % 64) & 1;
		if (!edge->closes && !(reach[edge->from * words + edge->to / 64] >> (edge->to % 64) & 1))
			keep_edge(reach, fold->node_count, words, edge);
	}
	free(reach);
	return 0;
}

static size_t most_edges(const struct report *report, const struct fold *fold)
{
	/* Above about two arrows a box nobody follows an arrow any more. */
	size_t readable = 2 * (fold->node_count + 1);

	if (report->top_edges)
		return report->top_edges < FOLD_MOST_EDGES ? report->top_edges : FOLD_MOST_EDGES;
	return readable < DEFAULT_EDGES ? readable : DEFAULT_EDGES;
}

enum pass { PASS_CONNECT, PASS_CYCLES, PASS_HEAVY, PASS_END };

/* First the heaviest edge of every node, so that no box looks unused that is not; then, up to a quarter of the room,
 * what closes cycles or was only seen in runs, which is often light and always of interest; then the heaviest of the rest. */
static bool is_wanted(const struct fold *fold, const struct fold_edge *edge, enum pass pass)
{
	if (pass == PASS_CONNECT)
		return fold->nodes[edge->from].edges == 0 || fold->nodes[edge->to].edges == 0;
	return pass == PASS_HEAVY || (edge->closes && edge->in_cycle) || (edge->observed && !edge->written);
}

/* Only so many edges are drawn to a hub, unless a number of edges was asked for. */
static bool has_room(const struct report *report, const struct fold *fold, const uint32_t *used, uint32_t to)
{
	return report->top_edges || !fold->nodes[to].is_hub || used[to] < HUB_EDGES;
}

static int take_edges(const struct report *report, struct fold *fold, size_t count, bool *is_taken)
{
	size_t taken = 0, top = most_edges(report, fold);
	uint32_t *used = calloc(fold->node_count + 1, sizeof *used);

	if (!used)
		return -1;
	for (enum pass pass = PASS_CONNECT; pass < PASS_END; pass++) {
		size_t room = pass == PASS_CYCLES && taken + top / 4 < top ? taken + top / 4 : top;
		for (size_t i = 0; i < count && taken < room; i++) {
			const struct fold_edge *edge = &fold->edges[i];

			if (is_taken[i] || !is_wanted(fold, edge, pass) || !has_room(report, fold, used, edge->to))
				continue;
			is_taken[i] = true;
			taken++;
			fold->nodes[edge->from].edges++;
			fold->nodes[edge->to].edges++;
			used[edge->to]++;
		}
	}
	free(used);
	return 0;
}

static int choose_edges(const struct report *report, struct fold *fold)
{
	size_t count, kept = 0;
	bool *is_taken = calloc(report->edge_count + 1, sizeof *is_taken);

	fold->edges = calloc(report->edge_count + 1, sizeof *fold->edges);
	if (!fold->edges || !is_taken)
		goto fail;
	count = gather_edges(report, fold);
	if (mark_closing(fold, count) < 0 || find_hubs(report, fold) < 0 || take_edges(report, fold, count, is_taken) < 0)
		goto fail;
	for (size_t i = 0; i < count; i++) {
		if (is_taken[i]) {
			fold->edges[kept++] = fold->edges[i];
			continue;
		}
		fold->edges_hidden++;
		fold->hidden_weight += fold->edges[i].weight;
	}
	fold->edge_count = kept;
	fold->heaviest = kept ? fold->edges[0].weight : 0;
	free(is_taken);
	return 0;
fail:
	free(is_taken);
	return -1;
}

int fold_build(const struct report *report, struct fold *out)
{
	struct fold fold = { 0 };
	/* Besides the drawn ones at most one per drawn group and one for all others. */
	size_t most = report->node_count + report->group_count + 1;

	fold.nodes = calloc(most, sizeof *fold.nodes);
	fold.drawn_as = malloc((report->node_count + 1) * sizeof *fold.drawn_as);
	if (!fold.nodes || !fold.drawn_as)
		goto fail;
	memset(fold.drawn_as, 0xFF, report->node_count * sizeof *fold.drawn_as);
	if (choose_nodes(report, &fold) < 0 || fold_rest(report, &fold) < 0 || choose_edges(report, &fold) < 0)
		goto fail;
	*out = fold;
	return 0;
fail:
	fold_finish(&fold);
	return -1;
}

void fold_finish(struct fold *fold)
{
	free(fold->nodes);
	free(fold->edges);
	free(fold->drawn_as);
	*fold = (struct fold){ 0 };
}
