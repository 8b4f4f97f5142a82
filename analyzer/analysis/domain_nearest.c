/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that have much in common, whatever it is: what each has is a vector of tf-idf weights, and each node is tied to the
 * few that are nearest by cosine. Knows nothing of what a word stands for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "base/sort.h"

#define NEIGHBOURS 8
#define TERMS 48            /* of a node, the most telling */
#define MOST_SHARE 0.1      /* of all nodes have a word that tells something */
#define FEWEST_SHARERS 20   /* in a small codebase a share says little */
#define MOST_SHARERS 400    /* bounds the work on a large one */

void domain_terms_add(struct domain_terms *terms, uint32_t node, uint32_t word)
{
	mem_grow(&terms->items, &terms->capacity, terms->count + 1, sizeof *terms->items);
	terms->items[terms->count++] = (struct domain_term){node, word, 1};
}

static int compare_terms(const void *a, const void *b)
{
	const struct domain_term *x = a, *y = b;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->word > y->word) - (x->word < y->word);
}

static uint64_t term_key(const void *row, unsigned part)
{
	const struct domain_term *x = row;
	(void)part;
	return (uint64_t)x->node << 32 | x->word;
}

static int compare_weights(const void *a, const void *b)
{
	const struct domain_term *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->word > y->word) - (x->word < y->word);
}

/* Sums equal terms, weighs them and keeps each node's best; vectors get length 1. */
static void weigh(struct domain_terms *terms, uint32_t node_count, uint32_t word_count)
{
	uint32_t *sharers = mem_zalloc((size_t)word_count + 1, sizeof *sharers);
	size_t kept = 0;
	double most = fmin(MOST_SHARERS, fmax(FEWEST_SHARERS, MOST_SHARE * node_count));
	sort_rows(terms->items, terms->count, sizeof *terms->items, 1, term_key);
	for (size_t i = 0; i < terms->count; i++) {
		if (kept && compare_terms(&terms->items[kept - 1], &terms->items[i]) == 0) {
			terms->items[kept - 1].weight += terms->items[i].weight;
			continue;
		}
		terms->items[kept++] = terms->items[i];
		sharers[terms->items[i].word]++;
	}
	terms->count = kept;
	kept = 0;
	for (size_t start = 0, end; start < terms->count; start = end) {
		size_t first = kept;
		double square = 0;
		for (end = start; end < terms->count && terms->items[end].node == terms->items[start].node; end++) {
			struct domain_term term = terms->items[end];
			if (sharers[term.word] < 2 || sharers[term.word] > most)
				continue;
			term.weight = (float)((1 + log(term.weight)) * log((double)node_count / sharers[term.word]));
			if (term.weight > 0)
				terms->items[kept++] = term;
		}
		if (kept > first)
			qsort(terms->items + first, kept - first, sizeof *terms->items, compare_weights);
		kept = kept - first > TERMS ? first + TERMS : kept;
		for (size_t i = first; i < kept; i++)
			square += (double)terms->items[i].weight * terms->items[i].weight;
		for (size_t i = first; i < kept; i++)
			terms->items[i].weight = (float)(terms->items[i].weight / sqrt(square));
	}
	terms->count = kept;
	free(sharers);
}

struct posting { uint32_t node; float weight; };

/* The nearest of one node among the touched ones: insertion into a short sorted list. */
static void take_nearest(struct domain_signal *signal, uint32_t node, const uint32_t *touched, uint32_t count,
			 const double *likeness)
{
	uint32_t best[NEIGHBOURS], found = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t other = touched[i], at = found < NEIGHBOURS ? found : NEIGHBOURS;
		for (; at > 0 && (likeness[other] > likeness[best[at - 1]] ||
				  (likeness[other] == likeness[best[at - 1]] && other < best[at - 1])); at--)
			if (at < NEIGHBOURS)
				best[at] = best[at - 1];
		if (at < NEIGHBOURS)
			best[at] = other;
		found += found < NEIGHBOURS;
	}
	for (uint32_t i = 0; i < found; i++)
		domain_signal_add(signal, node, best[i], likeness[best[i]]);
}

static void tie_nearest(const struct discovery *d, const struct domain_terms *terms, uint32_t word_count, struct domain_signal *signal)
{
	size_t *first = mem_zalloc((size_t)word_count + 2, sizeof *first);
	struct posting *postings = mem_alloc((terms->count + 1) * sizeof *postings);
	double *likeness = mem_zalloc((size_t)d->node_count + 1, sizeof *likeness);
	uint32_t *touched = mem_alloc(((size_t)d->node_count + 1) * sizeof *touched);
	for (size_t i = 0; i < terms->count; i++)
		if (terms->items[i].word + 1 < word_count)
			first[terms->items[i].word + 2]++;
	for (uint32_t w = 2; w <= word_count; w++)
		first[w] += first[w - 1];
	for (size_t i = 0; i < terms->count; i++)
		postings[first[terms->items[i].word + 1]++] = (struct posting){terms->items[i].node, terms->items[i].weight};
	for (size_t start = 0, end; start < terms->count; start = end) {
		uint32_t node = terms->items[start].node, count = 0;
		for (end = start; end < terms->count && terms->items[end].node == node; end++) {
			uint32_t word = terms->items[end].word;
			for (size_t p = first[word]; p < first[word + 1]; p++) {
				if (postings[p].node == node)
					continue;
				if (likeness[postings[p].node] == 0)
					touched[count++] = postings[p].node;
				likeness[postings[p].node] += (double)postings[p].weight * terms->items[end].weight;
			}
		}
		take_nearest(signal, node, touched, count, likeness);
		for (uint32_t i = 0; i < count; i++)
			likeness[touched[i]] = 0;
	}
	free(first);
	free(postings);
	free(likeness);
	free(touched);
}

void domain_terms_tie(const struct discovery *d, struct domain_terms *terms, uint32_t word_count, struct domain_signal *signal)
{
	weigh(terms, d->node_count, word_count);
	tie_nearest(d, terms, word_count, signal);
	signal->count = domain_edges_unite(signal->edges, signal->count);
}
