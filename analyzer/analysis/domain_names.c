/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A domain's name: its folder where it is mostly one folder, else the prefix its files share, else its most central
 * file. What a maintainer would say. */
#include "analysis/domain_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/text.h"

#define FOLDER_SHARE 0.6 /* of a domain's files lie below the folder */
#define PREFIX_SHARE 0.5 /* of a domain's files have the prefix */

/* Folders that say where code lies, not what it does. */
static const char *const PLAIN_FOLDERS[] = {"src", "source", "sources", "lib", "libs", "include", "inc", "code", "."};

static bool is_plain(const char *folder)
{
	for (size_t i = 0; i < sizeof PLAIN_FOLDERS / sizeof *PLAIN_FOLDERS; i++)
		if (!strcmp(folder, PLAIN_FOLDERS[i]))
			return true;
	return false;
}

char *domain_stem(const char *path, struct arena *arena)
{
	const char *base = path_basename(path), *dot = strrchr(base, '.');
	return arena_strndup(arena, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

char *domain_prefix(const char *path, struct arena *arena)
{
	const char *base = path_basename(path);
	size_t length = strcspn(base, "_-.");
	if (length < 2 || base[length] == '.' || !base[length])
		return NULL;
	return arena_strndup(arena, base, length);
}

struct tally { struct interner *names; uint32_t *counts; size_t capacity; };

static void tally_add(struct tally *tally, const char *name, size_t length)
{
	uint32_t id = interner_add(tally->names, name, length);
	size_t old = tally->capacity;
	mem_grow(&tally->counts, &tally->capacity, id + 1, sizeof *tally->counts);
	if (tally->capacity > old)
		memset(tally->counts + old, 0, (tally->capacity - old) * sizeof *tally->counts);
	tally->counts[id]++;
}

/* The most frequent name with at least share of total; longest, then first in bytes, among equals. NULL: none. */
static const char *tally_best(const struct tally *tally, uint32_t total, double share, bool deepest)
{
	const char *best = NULL;
	uint32_t best_count = 0;
	for (uint32_t i = 0; i < interner_count(tally->names); i++) {
		const char *name = interner_text(tally->names, i);
		uint32_t count = tally->counts[i];
		if (count < share * total || is_plain(path_basename(name)))
			continue;
		bool better = !best;
		if (best && deepest)
			better = strlen(name) > strlen(best) || (strlen(name) == strlen(best) && strcmp(name, best) < 0);
		else if (best)
			better = count > best_count || (count == best_count && strcmp(name, best) < 0);
		if (better) {
			best = name;
			best_count = count;
		}
	}
	return best;
}

static void tally_init(struct tally *tally)
{
	*tally = (struct tally){.names = interner_create()};
}

static void tally_finish(struct tally *tally)
{
	interner_destroy(tally->names);
	free(tally->counts);
}

#define CANDIDATES 3
struct candidates { const char *names[CANDIDATES]; };

static void candidates_of(const struct graph *graph, const uint32_t *group_of, uint32_t group, const double *weight,
			  struct arena *arena, struct candidates *out)
{
	struct tally folders, prefixes;
	tally_init(&folders);
	tally_init(&prefixes);
	uint32_t total = 0, central = GRAPH_NONE;
	for (uint32_t f = 0; f < graph->file_count; f++) {
		if (group_of[f] != group)
			continue;
		const char *path = graph->files[f].path;
		total++;
		if (central == GRAPH_NONE || weight[f] > weight[central])
			central = f;
		for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
			tally_add(&folders, path, (size_t)(slash - path));
		char *prefix = domain_prefix(path, arena);
		if (prefix)
			tally_add(&prefixes, prefix, strlen(prefix));
	}
	const char *folder = tally_best(&folders, total, FOLDER_SHARE, true);
	const char *prefix = tally_best(&prefixes, total, PREFIX_SHARE, false);
	out->names[0] = folder ? arena_strdup(arena, path_basename(folder)) : NULL;
	out->names[1] = prefix ? arena_strdup(arena, prefix) : NULL;
	out->names[2] = central == GRAPH_NONE ? "empty" : domain_stem(graph->files[central].path, arena);
	tally_finish(&folders);
	tally_finish(&prefixes);
}

void domain_names(const struct graph *graph, const uint32_t *group_of, uint32_t count, const double *weight,
		  const char *const *taken, struct arena *arena, const char **names)
{
	struct interner *used = interner_create();
	for (size_t i = 0; taken && taken[i]; i++)
		interner_add_string(used, taken[i]);
	struct candidates *candidates = mem_alloc(((size_t)count + 1) * sizeof *candidates);
	for (uint32_t g = 0; g < count; g++)
		candidates_of(graph, group_of, g, weight, arena, &candidates[g]);
	for (uint32_t g = 0; g < count; g++) {
		/* A folder or prefix that several domains would claim distinguishes none of them alone. */
		const char *base = NULL;
		bool contested = false;
		for (int c = 0; c < CANDIDATES && !base; c++)
			base = candidates[g].names[c];
		for (uint32_t other = 0; other < count && !contested; other++) {
			const char *theirs = NULL;
			for (int c = 0; c < CANDIDATES && !theirs; c++)
				theirs = candidates[other].names[c];
			contested = other != g && !strcmp(theirs, base);
		}
		struct buf name;
		buf_init(&name, BUF_NO_CEILING);
		buf_append_string(&name, base);
		if (contested && strcmp(candidates[g].names[2], base) != 0)
			buf_printf(&name, "-%s", candidates[g].names[2]);
		size_t plain = name.length;
		uint32_t id;
		for (unsigned n = 2; interner_find(used, name.data, name.length, &id); n++) {
			name.length = plain;
			buf_printf(&name, "-%u", n);
		}
		names[g] = arena_strndup(arena, name.data, name.length);
		interner_add(used, name.data, name.length);
		buf_finish(&name);
	}
	free(candidates);
	interner_destroy(used);
}
