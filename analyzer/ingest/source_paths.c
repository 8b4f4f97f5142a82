/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source paths, mapped to the codebase: as they are, by their real path, or by the end that exists in the codebase. */
#include "ingest/source_paths.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"

struct prefix {
	char *path;      /* stands for the root */
	uint32_t hits;   /* units below it whose file exists in the codebase */
	uint32_t strong; /* of these, with a folder's name in common, not only the file's */
	uint32_t total;  /* units below it */
};

struct source_paths {
	char *root;
	struct interner *seen;  /* paths asked for */
	const char **answers;   /* by their number */
	size_t answer_capacity;
	struct interner *units; /* learnt, not in the codebase as they are */
	struct interner *results;
	struct prefix *prefixes; /* settled */
	size_t prefix_count, prefix_capacity;
	uint32_t unit_total;
};

struct source_paths *source_paths_create(const char *root)
{
	struct source_paths *paths = mem_zalloc(1, sizeof *paths);
	paths->root = mem_strdup(root);
	paths->seen = interner_create();
	paths->units = interner_create();
	paths->results = interner_create();
	return paths;
}

void source_paths_destroy(struct source_paths *paths)
{
	if (!paths)
		return;
	for (size_t i = 0; i < paths->prefix_count; i++)
		free(paths->prefixes[i].path);
	free(paths->prefixes);
	free(paths->answers);
	interner_destroy(paths->seen);
	interner_destroy(paths->units);
	interner_destroy(paths->results);
	free(paths->root);
	free(paths);
}

static const char *keep(struct source_paths *paths, const char *relative)
{
	return relative && *relative ? interner_text(paths->results, interner_add_string(paths->results, relative)) : NULL;
}

static bool exists_below(const struct source_paths *paths, const char *relative)
{
	struct buf path;
	buf_init(&path, BUF_NO_CEILING);
	buf_printf(&path, "%s/%s", paths->root, relative);
	bool exists = access(path.data, F_OK) == 0;
	buf_finish(&path);
	return exists;
}

/* As it is, or by its real path. */
static const char *plainly_relative(struct source_paths *paths, const char *path)
{
	const char *result = NULL;
	if (path[0] == '/') {
		result = keep(paths, path_below(path, paths->root));
		char *real = result ? NULL : realpath(path, NULL);
		if (real)
			result = keep(paths, path_below(real, paths->root));
		free(real);
	} else if (strncmp(path, "../", 3) != 0 && exists_below(paths, path)) {
		result = keep(paths, path);
	}
	return result;
}

void source_paths_learn(struct source_paths *paths, const char *unit)
{
	char *path = path_normalise(unit);
	paths->unit_total++;
	if (!plainly_relative(paths, path))
		interner_add_string(paths->units, path);
	free(path);
}

/* The longest end of path that exists in the codebase; NULL: none. */
static const char *existing_end(const struct source_paths *paths, const char *path)
{
	for (const char *end = path + (*path == '/'); end; end = strchr(end, '/') ? strchr(end, '/') + 1 : NULL)
		if (strncmp(end, "../", 3) != 0 && end != path && exists_below(paths, end))
			return end;
	return NULL;
}

static void count_hit(struct source_paths *paths, const char *path, const char *end)
{
	size_t length = (size_t)(end - path) - 1;
	struct prefix *found = NULL;
	for (size_t i = 0; !found && i < paths->prefix_count; i++)
		if (strlen(paths->prefixes[i].path) == length && memcmp(paths->prefixes[i].path, path, length) == 0)
			found = &paths->prefixes[i];
	if (!found) {
		mem_grow(&paths->prefixes, &paths->prefix_capacity, paths->prefix_count + 1, sizeof *paths->prefixes);
		found = &paths->prefixes[paths->prefix_count++];
		*found = (struct prefix){.path = mem_strndup(path, length)};
	}
	found->hits++;
	found->strong += strchr(end, '/') != NULL;
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);
	return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static int compare_prefixes(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;
	if (x->hits != y->hits)
		return x->hits < y->hits ? 1 : -1;
	return strcmp(x->path, y->path);
}

void source_paths_settle(struct source_paths *paths)
{
	uint32_t units = interner_count(paths->units);
	for (uint32_t i = 0; i < units; i++) {
		const char *path = interner_text(paths->units, i), *end = existing_end(paths, path);
		if (end)
			count_hit(paths, path, end);
	}
	if (paths->prefix_count)
		qsort(paths->prefixes, paths->prefix_count, sizeof *paths->prefixes, compare_prefixes);
	size_t kept = 0;
	for (size_t i = 0; i < paths->prefix_count; i++) {
		struct prefix *prefix = &paths->prefixes[i];
		bool is_within = false;
		for (size_t k = 0; k < kept; k++)
			is_within |= is_below(prefix->path, paths->prefixes[k].path);
		for (uint32_t unit = 0; unit < units; unit++)
			prefix->total += is_below(interner_text(paths->units, unit), prefix->path);
		/* A file's name alone in common is chance, unless it is so for several, or for the only unit. */
		bool is_chance = !prefix->strong && prefix->hits < 3 && prefix->hits < paths->unit_total;
		if (!is_within && !is_chance && prefix->hits * 2 >= prefix->total) {
			struct prefix moved = *prefix;
			prefix->path = NULL;
			paths->prefixes[kept++] = moved;
		} else {
			free(prefix->path);
			prefix->path = NULL;
		}
	}
	paths->prefix_count = kept;
}

const char *source_paths_relative(struct source_paths *paths, const char *given)
{
	uint32_t before = interner_count(paths->seen), id = interner_add_string(paths->seen, given);
	if (id < before)
		return paths->answers[id];
	mem_grow(&paths->answers, &paths->answer_capacity, (size_t)id + 1, sizeof *paths->answers);
	char *path = path_normalise(given);
	const char *result = plainly_relative(paths, path);
	for (size_t i = 0; !result && i < paths->prefix_count; i++)
		if (is_below(path, paths->prefixes[i].path)) {
			const char *end = path + strlen(paths->prefixes[i].path) + 1;
			result = exists_below(paths, end) ? keep(paths, end) : NULL;
		}
	free(path);
	return paths->answers[id] = result;
}
