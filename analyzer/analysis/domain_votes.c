/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people said with folders and with names of files. Each folder, and each beginning that names in one folder share,
 * is a hub of the graph; a node votes for those that it is under. A hub that few are under says more than one that many
 * are under, and one that all are under says nothing. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"

#define PREFIX_LETTERS 3     /* and more: shorter ones are accidents, unless a delimiter follows ("t_list") */
#define PREFIX_INNER 0.7     /* of a vote, where the name does not end a word there ("ref" of "reflog") */
#define FOLDER_DECAY 0.4     /* a vote for the folder above, of that for the one below */
#define GATE_LIFT 0.25       /* share of dependencies within folders over chance from which folders are believed in full */

struct vote { uint32_t node, hub; double weight; };
struct votes { struct vote *items; size_t count, capacity; struct interner *hubs; };

static void add_vote(struct votes *votes, uint32_t node, const char *hub, size_t length, double weight)
{
	mem_grow(&votes->items, &votes->capacity, votes->count + 1, sizeof *votes->items);
	votes->items[votes->count++] = (struct vote){node, interner_add(votes->hubs, hub, length), weight};
}

/* 1 for a hub of two of very many, 0 for one of all. */
static double rarity(uint32_t voters, uint32_t all)
{
	return voters < 2 || all < 3 ? 0 : log((double)all / voters) / log((double)all / 2 > 1 ? (double)all / 2 : 2);
}

/* What a vote is worth. A folder of a tenth or a third of the code is still one that people made: the root of its rarity. */
static double worth_of(enum domain_signal_kind kind, uint32_t voters, uint32_t all)
{
	double worth = rarity(voters, all);
	return worth > 0 && kind == DOMAIN_FOLDER ? sqrt(worth) : worth;
}

/* Votes become edges: of a node, those for hubs with other voters, as a weighted mean. */
static void cast(struct discovery *d, struct votes *votes, const uint32_t *all, enum domain_signal_kind kind)
{
	uint32_t hubs = interner_count(votes->hubs);
	uint32_t *voters = mem_zalloc((size_t)hubs + 1, sizeof *voters);
	for (size_t i = 0; i < votes->count; i++)
		voters[votes->items[i].hub]++;
	for (size_t start = 0, end; start < votes->count; start = end) {
		uint32_t node = votes->items[start].node;
		double sum = 0;
		for (end = start; end < votes->count && votes->items[end].node == node; end++) {
			double worth = rarity(voters[votes->items[end].hub], all[node]);
			sum += worth > 0 ? votes->items[end].weight : 0;
		}
		for (size_t i = start; i < end; i++) {
			double worth = worth_of(kind, voters[votes->items[i].hub], all[node]);
			if (worth > 0)
				domain_signal_add(&d->signals[kind], node, d->total + votes->items[i].hub,
						  worth * votes->items[i].weight / sum);
		}
	}
	d->total += hubs;
	free(voters);
}

/* ---- folders ---- */

static void vote_folders(struct discovery *d)
{
	struct votes votes = {.hubs = interner_create()};
	uint32_t *all = mem_alloc(((size_t)d->node_count + 1) * sizeof *all);
	for (uint32_t i = 0; i < d->node_count; i++) {
		const char *home = d->nodes[i].home;
		double weight = 1;
		all[i] = d->node_count;
		if (!home)
			continue;
		add_vote(&votes, i, home, strlen(home), weight);
		for (size_t l = strlen(home); l > 0; l--)
			if (home[l] == '/')
				add_vote(&votes, i, home, l, weight *= FOLDER_DECAY);
	}
	cast(d, &votes, all, DOMAIN_FOLDER);
	interner_destroy(votes.hubs);
	free(votes.items);
	free(all);
}

/* How far the folders tell parts apart: the share of nodes in folders of more than one node and not too many, times how
 * much more dependencies keep within folders than chance would have it. */
static double gate(const struct discovery *d)
{
	struct interner *names = interner_create();
	uint32_t *folder = mem_alloc(((size_t)d->node_count + 1) * sizeof *folder);
	for (uint32_t i = 0; i < d->node_count; i++)
		folder[i] = interner_add_string(names, domain_place(&d->nodes[i]));
	uint32_t count = interner_count(names), telling = 0;
	uint32_t *sizes = mem_zalloc((size_t)count + 1, sizeof *sizes);
	double *strength = mem_zalloc((size_t)count + 1, sizeof *strength), within = 0, sum = 0, chance = 0;
	for (uint32_t i = 0; i < d->node_count; i++)
		sizes[folder[i]]++;
	for (uint32_t f = 0; f < count; f++)
		telling += sizes[f] > 1 && sizes[f] <= DOMAIN_FOLDER_LARGEST * d->node_count ? sizes[f] : 0;
	const struct domain_signal *signal = &d->signals[DOMAIN_DEPENDENCIES];
	for (size_t e = 0; e < signal->count; e++) {
		const struct weighted_edge *edge = &signal->edges[e];
		within += folder[edge->a] == folder[edge->b] ? edge->weight : 0;
		strength[folder[edge->a]] += edge->weight;
		strength[folder[edge->b]] += edge->weight;
		sum += edge->weight;
	}
	for (uint32_t f = 0; f < count && sum > 0; f++)
		chance += strength[f] * strength[f] / (4 * sum * sum);
	double lift = sum > 0 && chance < 1 ? (within / sum - chance) / (1 - chance) : 1;
	double share = d->node_count ? (double)telling / d->node_count : 0;
	free(sizes);
	free(strength);
	free(folder);
	interner_destroy(names);
	return share * fmin(1, fmax(0, lift) / GATE_LIFT);
}

/* ---- names ---- */

static bool is_end(const char *stem, size_t length)
{
	unsigned char next = (unsigned char)stem[length], last = (unsigned char)stem[length - 1];
	return !next || !isalnum(next) || (isdigit(next) && !isdigit(last)) || (isupper(next) && islower(last));
}

static size_t key_of(char *key, size_t size, const char *scope, const char *name, size_t length)
{
	int written = snprintf(key, size, "%s/%.*s", scope, (int)length, name);
	return written < 0 || (size_t)written >= size ? 0 : (size_t)written;
}

/* Every beginning of a stem that ends with a word, here or in some other name of the scope. */
static void vote_names(struct discovery *d)
{
	struct votes votes = {.hubs = interner_create()};
	struct interner *scopes = interner_create(), *words = interner_create();
	uint32_t *all = mem_alloc(((size_t)d->node_count + 1) * sizeof *all);
	uint32_t *sizes = mem_zalloc((size_t)d->node_count + 1, sizeof *sizes);
	char key[512];
	for (uint32_t i = 0; i < d->node_count; i++) {
		const char *scope = domain_place(&d->nodes[i]), *stem = d->nodes[i].stem;
		sizes[interner_add_string(scopes, scope)]++;
		for (size_t l = 1; stem[l - 1]; l++) {
			size_t length = is_end(stem, l) ? key_of(key, sizeof key, scope, stem, l) : 0;
			if (length && (l >= PREFIX_LETTERS || stem[l]))
				interner_add(words, key, length);
		}
	}
	for (uint32_t i = 0; i < d->node_count; i++) {
		const char *scope = domain_place(&d->nodes[i]), *stem = d->nodes[i].stem;
		all[i] = sizes[interner_add_string(scopes, scope)];
		uint32_t id;
		for (size_t l = 1; stem[l - 1]; l++) {
			size_t length = key_of(key, sizeof key, scope, stem, l);
			bool ends = is_end(stem, l);
			if (!length || (l < PREFIX_LETTERS && !(ends && stem[l])) || !isalnum((unsigned char)stem[l - 1]))
				continue;
			if (ends || interner_find(words, key, length, &id))
				add_vote(&votes, i, key, length, ends ? 1 : PREFIX_INNER);
		}
	}
	cast(d, &votes, all, DOMAIN_PREFIX);
	interner_destroy(votes.hubs);
	interner_destroy(scopes);
	interner_destroy(words);
	free(votes.items);
	free(all);
	free(sizes);
}

void domain_votes_make(struct discovery *d)
{
	d->total = d->node_count;
	d->folder_gate = d->options->without & 1u << DOMAIN_FOLDER ? 0 : gate(d);
	vote_names(d);
	vote_folders(d);
}
