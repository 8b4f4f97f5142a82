/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A domain's name, as a maintainer would say it: its folder where it is that folder; else the word that its files'
 * names share and others' do not, or that their identifiers do; else its most central file. Parts of one folder are called after the folder too. */
#include "analysis/domain_names.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "base/buf.h"
#include "base/text.h"

#define FOLDER_SHARE 0.5   /* of a domain's nodes lie below the folder */
#define FOLDER_WHOLE 0.5   /* of the folder's nodes are in the domain: it is the folder; less: a part of it */
#define WORD_LETTERS 3     /* and more; shorter ones are accidents */
#define PART_LETTERS 4     /* where it ends within a longer word: "diff" of "diffcore" */
#define WORD_NODES 2       /* share it, at least */
#define INNER_WORD 0.8     /* times the score of a word that names begin with */
#define TERM 0.34          /* times that of one in file names: just below the most central file, which people know by name */
#define DOMINANT 0.5       /* of a domain's lines is one node: it is the domain */
#define PROGRAM_TIES 0.7   /* of a node's mean strength: a program that has to do with the rest of its group */
#define CENTRAL 5          /* files looked at, most central first */

/* Scores: whole folders first, then what is shared well, central files, badly shared words. */
#define SCORE_COMMON 4
#define SCORE_FOLDER 2
#define SCORE_DOMINANT 1.5
#define SCORE_PROGRAM 0.36   /* the file with main of the group's one program: better known than a central file */
#define SCORE_CENTRAL 0.35

/* Folders that say where code lies, not what it does; words and files that are no better. */
static const char *const PLAIN[] = {"src", "source", "sources", "lib", "libs", "include", "inc", "code", ".", "internal",
				    "private", "public", "impl", "main"};
/* What utilities are called, should a folder already have the first. */
static const char *const COMMON[] = {"common", "base", "utilities", "shared"};

struct candidate { uint32_t group; double score; const char *name; };
struct candidates { struct candidate *items; size_t count, capacity; };

struct naming {
	const struct discovery *d;
	double *nodes, *lines;        /* per group; lines with one more for each node */
	double *strength;             /* per node: weight of its edges within its group */
	struct candidates found;
	const char **prefix;          /* per group: "builtin-" where it is a part of that folder, else "" */
	struct interner *words;       /* what a name may begin with: whole stems and their first words */
};

static bool is_plain(const char *name)
{
	for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
		if (!strcmp(name, PLAIN[i]))
			return true;
	return false;
}

char *domain_stem(const char *path, struct arena *arena)
{
	const char *base = path_basename(path);
	return arena_strndup(arena, base, path_stem_length(base));
}

__attribute__((format(printf, 4, 5)))
static void suggest(struct naming *naming, uint32_t group, double score, const char *format, ...)
{
	struct candidates *list = &naming->found;
	va_list arguments;
	char text[256];
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	mem_grow(&list->items, &list->capacity, list->count + 1, sizeof *list->items);
	list->items[list->count++] = (struct candidate){group, score, arena_strdup(naming->d->arena, text)};
}

/* ---- folders ---- */

struct cell { uint32_t group, name, nodes; double weight, lines; };

/* How often each name occurs in each group, and everywhere. */
struct tally { struct interner *names; struct map64 *index; struct cell *cells; size_t count, capacity;
	       double *total; size_t total_capacity; };

static void tally_init(struct tally *tally)
{
	*tally = (struct tally){.names = interner_create(), .index = map64_create()};
}

static void tally_finish(struct tally *tally)
{
	interner_destroy(tally->names);
	map64_destroy(tally->index);
	free(tally->cells);
	free(tally->total);
}

static void tally_add(struct tally *tally, uint32_t group, const char *name, size_t length, double weight, double lines)
{
	uint32_t id = interner_add(tally->names, name, length), at;
	size_t old = tally->total_capacity;
	mem_grow(&tally->total, &tally->total_capacity, (size_t)id + 1, sizeof *tally->total);
	for (size_t i = old; i < tally->total_capacity; i++)
		tally->total[i] = 0;
	tally->total[id] += weight;
	if (!map64_get(tally->index, (uint64_t)group << 32 | id, &at)) {
		at = (uint32_t)tally->count;
		map64_put(tally->index, (uint64_t)group << 32 | id, at);
		mem_grow(&tally->cells, &tally->capacity, tally->count + 1, sizeof *tally->cells);
		tally->cells[tally->count++] = (struct cell){group, id, 0, 0, 0};
	}
	tally->cells[at].weight += weight;
	tally->cells[at].lines += lines;
	tally->cells[at].nodes++;
}

/* Of the nodes that lie in the folder itself, the share that the group has. */
static double own_share(const struct tally *own, uint32_t group, const char *folder)
{
	uint32_t id, at;
	if (!interner_find(own->names, folder, strlen(folder), &id) ||
	    !map64_get(own->index, (uint64_t)group << 32 | id, &at) || own->cells[at].nodes < DOMAIN_FEWEST_NODES)
		return 0;
	return own->cells[at].nodes / own->total[id];
}

/* The folder that says something, holds most of a group and fits it best: all of it is the name, a part of it a
 * prefix. It is all, too, where only folders in it are others': "pppd" without "pppd/plugins". */
static void suggest_folders(struct naming *naming)
{
	const struct discovery *d = naming->d;
	struct tally tally, own;
	uint32_t *nodes = mem_zalloc((size_t)d->group_count + 1, sizeof *nodes);
	const struct cell **best = mem_zalloc((size_t)d->group_count + 1, sizeof *best);
	tally_init(&tally);
	tally_init(&own);
	for (uint32_t i = 0; i < d->node_count; i++) {
		const char *folder = d->nodes[i].folder;
		nodes[d->nodes[i].group]++;
		tally_add(&own, d->nodes[i].group, folder, strlen(folder), 1, 0);
		for (size_t l = strcspn(folder, "/"); *folder; l += 1 + strcspn(folder + l + 1, "/")) {
			tally_add(&tally, d->nodes[i].group, folder, l, 1, 0);
			if (!folder[l])
				break;
		}
	}
	for (size_t i = 0; i < tally.count; i++) {
		const struct cell *cell = &tally.cells[i];
		const char *name = interner_text(tally.names, cell->name);
		const struct cell *other = best[cell->group];
		if (cell->nodes < FOLDER_SHARE * nodes[cell->group] || is_plain(path_basename(name)))
			continue;
		/* How much of the group it holds, times how much of it the group holds; of equal ones the deeper. */
		double fit = cell->weight * cell->weight / tally.total[cell->name];
		double other_fit = other ? other->weight * other->weight / tally.total[other->name] : -1;
		if (fit > other_fit ||
		    (fit == other_fit && strlen(name) > strlen(interner_text(tally.names, other->name))))
			best[cell->group] = cell;
	}
	for (uint32_t g = 0; g < d->group_count; g++) {
		naming->prefix[g] = "";
		if (!best[g])
			continue;
		const char *path = interner_text(tally.names, best[g]->name), *base = path_basename(path);
		double whole = best[g]->nodes / tally.total[best[g]->name], share = own_share(&own, g, path);
		whole = share > whole ? share : whole;
		const char *parent = base > path ? base - 1 : base;
		while (parent > path && parent[-1] != '/')
			parent--;
		if (whole >= FOLDER_WHOLE) {
			suggest(naming, g, SCORE_FOLDER + whole, "%s", base);
			if (base > path)
				suggest(naming, g, SCORE_FOLDER, "%.*s-%s", (int)(base - 1 - parent), parent, base);
		} else {
			char prefix[128];
			snprintf(prefix, sizeof prefix, "%s-", base);
			naming->prefix[g] = arena_strdup(d->arena, prefix);
		}
	}
	tally_finish(&tally);
	tally_finish(&own);
	free(nodes);
	free(best);
}

/* ---- words ---- */

static bool is_word(const struct naming *naming, const char *text, size_t length)
{
	uint32_t id;
	return interner_find(naming->words, text, length, &id);
}

/* Every word of a stem, every row of words that it begins with, and every beginning of it that is a word elsewhere: once
 * each. Of parts of a folder, only names within the folder are compared. */
static void tally_words(const struct naming *naming, uint32_t node, struct tally *tally)
{
	const struct domain_node *row = &naming->d->nodes[node];
	struct interner *seen = interner_create();
	size_t first = strcspn(row->stem, "_-."), whole = strlen(row->stem);
	for (size_t l = WORD_LETTERS; l <= whole; l++)
		if (l == whole || strchr("_-.", row->stem[l]) ||
		    (l >= PART_LETTERS && l < first && is_word(naming, row->stem, l)))
			interner_add(seen, row->stem, l);
	for (const char *at = row->stem; *at;) {
		size_t length = strcspn(at, "_-.");
		if (length >= WORD_LETTERS)
			interner_add(seen, at, length);
		at += length + (at[length] != 0);
	}
	for (uint32_t i = 0; i < interner_count(seen); i++) {
		char name[256];
		int length = snprintf(name, sizeof name, "%s%s", naming->prefix[row->group], interner_text(seen, i));
		if (length < (int)sizeof name && !is_plain(interner_text(seen, i)))
			tally_add(tally, row->group, name, (size_t)length, 1, (double)row->lines + 1);
	}
	interner_destroy(seen);
}

/* A good word is in most names of the group, also by lines, and in few others': the harmonic mean of both shares. */
static void suggest_words(struct naming *naming)
{
	const struct discovery *d = naming->d;
	struct tally tally;
	tally_init(&tally);
	for (uint32_t i = 0; i < d->node_count; i++)
		tally_words(naming, i, &tally);
	for (size_t i = 0; i < tally.count; i++) {
		const struct cell *cell = &tally.cells[i];
		const char *name = interner_text(tally.names, cell->name);
		const char *word = name + strlen(naming->prefix[cell->group]);
		double covers = sqrt(cell->weight / naming->nodes[cell->group] * cell->lines / naming->lines[cell->group]);
		double owns = cell->weight / tally.total[cell->name], score = 2 * covers * owns / (covers + owns);
		if (cell->nodes < WORD_NODES)
			continue;
		if (!is_word(naming, word, strcspn(word, "_-.")))
			score *= INNER_WORD;
		suggest(naming, cell->group, score + (double)strlen(word) / 1e6, "%s", name); /* of two as good, the longer */
	}
	tally_finish(&tally);
}

/* ---- words of identifiers ---- */

/* As with words of file names, by how much a word tells of the nodes instead of how often it is in a name. */
static void suggest_terms(struct naming *naming)
{
	const struct discovery *d = naming->d;
	struct tally tally;
	tally_init(&tally);
	for (size_t i = 0; i < d->term_count; i++) {
		const struct domain_term *term = &d->terms[i];
		const struct domain_node *row = &d->nodes[term->node];
		const char *word = interner_text(d->words, term->word);
		char name[256];
		int length = snprintf(name, sizeof name, "%s%s", naming->prefix[row->group], word);
		if (length < (int)sizeof name && !is_plain(word))
			tally_add(&tally, row->group, name, (size_t)length, (double)term->weight, (double)row->lines + 1);
	}
	for (size_t i = 0; i < tally.count; i++) {
		const struct cell *cell = &tally.cells[i];
		double covers = sqrt(cell->nodes / naming->nodes[cell->group] * cell->lines / naming->lines[cell->group]);
		double owns = cell->weight / tally.total[cell->name];
		if (cell->nodes >= WORD_NODES)
			suggest(naming, cell->group, TERM * 2 * covers * owns / (covers + owns), "%s",
				interner_text(tally.names, cell->name));
	}
	tally_finish(&tally);
}

/* ---- central files ---- */

static void suggest_central(struct naming *naming, uint32_t group)
{
	const struct discovery *d = naming->d;
	uint32_t top[CENTRAL];
	double weights[CENTRAL];
	unsigned count = 0;
	for (uint32_t i = 0; i < d->node_count; i++) {
		if (d->nodes[i].group != group || is_plain(d->nodes[i].stem))
			continue;
		double weight = (1 + naming->strength[i] / d->mean_strength) * sqrt((double)d->nodes[i].lines + 1);
		unsigned at = count < CENTRAL ? count++ : CENTRAL;
		for (; at > 0 && weight > weights[at - 1]; at--) {
			if (at < CENTRAL) {
				top[at] = top[at - 1];
				weights[at] = weights[at - 1];
			}
		}
		if (at < CENTRAL) {
			top[at] = i;
			weights[at] = weight;
		}
	}
	for (unsigned i = 0; i < count; i++) {
		const char *stem = d->nodes[top[i]].stem, *prefix = naming->prefix[group];
		double share = (double)d->nodes[top[i]].lines / naming->lines[group];
		suggest(naming, group, share > DOMINANT ? SCORE_DOMINANT : SCORE_CENTRAL / (i + 1), "%s%s", prefix, stem);
		suggest(naming, group, 0, "%s-%s", *d->nodes[top[i]].folder ? path_basename(d->nodes[top[i]].folder) : "top", stem);
	}
}

/* ---- programs ---- */

static void suggest_programs(struct naming *naming)
{
	const struct discovery *d = naming->d;
	uint32_t *programs = mem_zalloc((size_t)d->group_count + 1, sizeof *programs); /* 1 + its node; of several: GRAPH_NONE */
	for (uint32_t i = 0; i < d->graph->function_count; i++) {
		const struct graph_function *function = &d->graph->functions[i];
		uint32_t node = d->node_of[function->file];
		if (node == GRAPH_NONE || strcmp(d->graph->symbols[function->symbol].name, "main"))
			continue;
		uint32_t *program = &programs[d->nodes[node].group];
		*program = *program && *program != node + 1 ? GRAPH_NONE : node + 1;
	}
	double *mean = mem_zalloc((size_t)d->group_count + 1, sizeof *mean);
	for (uint32_t i = 0; i < d->node_count; i++)
		mean[d->nodes[i].group] += naming->strength[i] / naming->nodes[d->nodes[i].group];
	for (uint32_t g = 0; g < d->group_count; g++) {
		uint32_t node = programs[g] - 1; /* below: GRAPH_NONE - 1 of several */
		if (!programs[g] || node >= d->node_count || is_plain(d->nodes[node].stem) || naming->strength[node] < PROGRAM_TIES * mean[g])
			continue;
		const char *prefix = naming->prefix[g], *stem = d->nodes[node].stem;
		bool is_folder = *prefix && strlen(prefix) == strlen(stem) + 1 && !strncmp(prefix, stem, strlen(stem));
		suggest(naming, g, SCORE_PROGRAM, "%s%s", is_folder ? "" : prefix, stem);
	}
	free(mean);
	free(programs);
}

/* ---- choosing ---- */

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->group > y->group) - (x->group < y->group);
}

/* Best score first: a name goes to the group that it fits best. */
static void choose(struct naming *naming, const char **names)
{
	const struct discovery *d = naming->d;
	struct interner *used = interner_create();
	uint32_t id;
	for (uint32_t i = 0; i < interner_count(d->fixed_names); i++)
		interner_add_string(used, interner_text(d->fixed_names, i));
	for (uint32_t g = 0; g < d->group_count; g++)
		if (names[g])
			interner_add_string(used, names[g]);
	if (naming->found.count)
		qsort(naming->found.items, naming->found.count, sizeof *naming->found.items, compare_candidates);
	for (size_t i = 0; i < naming->found.count; i++) {
		const struct candidate *row = &naming->found.items[i];
		if (names[row->group] || interner_find(used, row->name, strlen(row->name), &id))
			continue;
		names[row->group] = row->name;
		interner_add_string(used, row->name);
	}
	for (uint32_t g = 0; g < d->group_count; g++) {
		char text[32];
		for (unsigned n = g + 1; !names[g]; n++) { /* every good name is a fixed domain's */
			snprintf(text, sizeof text, "domain-%u", n);
			if (interner_find(used, text, strlen(text), &id))
				continue;
			names[g] = arena_strdup(d->arena, text);
			interner_add_string(used, text);
		}
	}
	interner_destroy(used);
}

static void prepare(struct naming *naming)
{
	const struct discovery *d = naming->d;
	for (uint32_t i = 0; i < d->node_count; i++) {
		const char *stem = d->nodes[i].stem;
		naming->nodes[d->nodes[i].group]++;
		naming->lines[d->nodes[i].group] += (double)d->nodes[i].lines + 1;
		if (strcspn(stem, "_-.") >= WORD_LETTERS)
			interner_add(naming->words, stem, strcspn(stem, "_-."));
	}
	for (size_t e = 0; e < d->edge_count; e++) {
		uint32_t a = d->edges[e].a, b = d->edges[e].b;
		if (b >= d->node_count)
			continue;
		if (d->nodes[a].group != d->nodes[b].group)
			continue;
		naming->strength[a] += d->edges[e].weight;
		naming->strength[b] += d->edges[e].weight;
	}
}

void domain_names(const struct discovery *d, const char **names)
{
	struct naming naming = {.d = d, .words = interner_create()};
	naming.nodes = mem_zalloc((size_t)d->group_count + 1, sizeof *naming.nodes);
	naming.lines = mem_zalloc((size_t)d->group_count + 1, sizeof *naming.lines);
	naming.strength = mem_zalloc((size_t)d->node_count + 1, sizeof *naming.strength);
	naming.prefix = mem_zalloc((size_t)d->group_count + 1, sizeof *naming.prefix);
	prepare(&naming);
	suggest_folders(&naming);
	suggest_words(&naming);
	suggest_terms(&naming);
	suggest_programs(&naming);
	for (uint32_t g = 0; g < d->group_count; g++)
		suggest_central(&naming, g);
	for (size_t i = 0; i < sizeof COMMON / sizeof *COMMON && d->common_group != GRAPH_NONE; i++)
		suggest(&naming, d->common_group, SCORE_COMMON - (double)i / 10, "%s", COMMON[i]);
	choose(&naming, names);
	interner_destroy(naming.words);
	free(naming.nodes);
	free(naming.lines);
	free(naming.strength);
	free(naming.prefix);
	free(naming.found.items);
}
