/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files whose domain is told, not found: declared ones, those of others, tests, examples. And what people say of those that are
 * found: pinned, joined, kept apart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "base/text.h"

#define ASIDE_PART 10      /* files in a folder of the tests or examples that is a domain of its own */
#define FIRM 20.0          /* times a node's mean strength: the tie between files that are told to be together */

static const char *const FOREIGN_FOLDERS[] = {"deps", "vendor", "vendored", "third_party", "third-party", "thirdparty",
					      "3rdparty", "external", "externals", "extern", "subprojects"};
/* Headers that gnulib-tool puts into a folder of the codebase, whatever the folder is called, and hardly anyone else. */
static const char *const GNULIB_HEADERS[] = {"_Noreturn.h", "arg-nonnull.h", "c-ctype.h", "cloexec.h", "exitfail.h", "flexmember.h",
					     "hard-locale.h", "intprops.h", "libc-config.h", "malloca.h", "msvc-inval.h",
					     "msvc-nothrow.h", "printf-parse.h", "stat-time.h", "xalloc-oversized.h"};
#define GNULIB_FEWEST 4    /* of them: one or two are copied alone */
static const char *const TEST_FOLDERS[] = {"test", "tests", "t", "testing", "testsuite", "unittest", "unittests",
					   "regress", "fuzz", "fuzzing", "fuzzers"};
static const char *const EXAMPLE_FOLDERS[] = {"example", "examples", "demo", "demos", "sample", "samples", "tutorial", "tutorials"};

/* What stands beside the code that a codebase is for, in folders called so. Of both, the first. */
static const struct aside {
	const char *name;
	const char *const *folders; size_t folder_count;
	double most;             /* of all files; more, and it is what the codebase is for */
} ASIDES[] = {
	{"tests", TEST_FOLDERS, sizeof TEST_FOLDERS / sizeof *TEST_FOLDERS, 1},
	{"examples", EXAMPLE_FOLDERS, sizeof EXAMPLE_FOLDERS / sizeof *EXAMPLE_FOLDERS, DOMAIN_FOLDER_LARGEST},
};

static bool is_one_of(const char *name, size_t length, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && !strncmp(list[i], name, length))
			return true;
	return false;
}
#define IS_ONE_OF(name, length, list) is_one_of(name, length, list, sizeof(list) / sizeof *(list))

/* "deps/lua/src/lapi.c" -> "lua" */
static char *foreign_name(const char *path, struct arena *arena)
{
	for (const char *at = path, *slash; (slash = strchr(at, '/')); at = slash + 1) {
		size_t length = (size_t)(slash - at);
		if (!IS_ONE_OF(at, length, FOREIGN_FOLDERS))
			continue;
		const char *next = slash + 1, *end = strchr(next, '/');
		return end ? arena_strndup(arena, next, (size_t)(end - next)) : arena_strndup(arena, at, length);
	}
	return NULL;
}

bool domain_globs_match(const struct domain_constraint *row, const char *path)
{
	for (size_t g = 0; g < row->glob_count; g++)
		if (glob_match(row->globs[g], path))
			return true;
	return false;
}

static void tell(struct discovery *d, uint32_t file, const char *name, const char *why)
{
	d->fixed[file] = interner_add_string(d->fixed_names, name);
	d->told[file] = why;
}

static bool is_pinned(const struct discovery *d, const char *path)
{
	for (size_t i = 0; i < d->options->pin_count; i++)
		if (domain_globs_match(&d->options->pins[i], path))
			return true;
	return false;
}

/* Files below folders that gnulib-tool filled. */
static void tell_gnulib(struct discovery *d)
{
	struct interner *folders = interner_create();
	uint32_t *counts = mem_zalloc((size_t)d->graph->file_count + 1, sizeof *counts), id;
	for (uint32_t f = 0; f < d->graph->file_count; f++) {
		const char *path = d->graph->files[f].path, *base = path_basename(path);
		if (base > path && IS_ONE_OF(base, strlen(base), GNULIB_HEADERS))
			counts[interner_add(folders, path, (size_t)(base - 1 - path))]++;
	}
	for (uint32_t f = 0; f < d->graph->file_count; f++) {
		const char *path = d->graph->files[f].path;
		if (d->fixed[f] != GRAPH_NONE || is_pinned(d, path))
			continue;
		for (const char *slash = strchr(path, '/'); slash && d->fixed[f] == GRAPH_NONE; slash = strchr(slash + 1, '/'))
			if (interner_find(folders, path, (size_t)(slash - path), &id) && counts[id] >= GNULIB_FEWEST)
				tell(d, f, "gnulib", "vendored");
	}
	free(counts);
	interner_destroy(folders);
}

/* Length of the folder of its kind that a path lies in; "t" only at the top. 0: none. */
static size_t aside_length(const struct aside *aside, const char *path)
{
	for (const char *at = path, *slash; (slash = strchr(at, '/')); at = slash + 1)
		if (is_one_of(at, (size_t)(slash - at), aside->folders, aside->folder_count) && (slash - at > 1 || at == path))
			return (size_t)(slash - path);
	return 0;
}

/* "testHTML", "tree_test": a program called so, not a part that has to do with tests. */
static bool is_test_name(const char *path)
{
	static const char *const WORDS[] = {"test", "tests"};
	const char *base = path_basename(path), *dot = strrchr(base, '.');
	size_t length = dot && dot > base ? (size_t)(dot - base) : strlen(base), last = length;
	while (last > 0 && !strchr("_-.", base[last - 1]))
		last--;
	return (length >= 4 && !strncmp(base, "test", 4)) || (last > 0 && IS_ONE_OF(base + last, length - last, WORDS));
}

static void tell_test_programs(struct discovery *d)
{
	for (uint32_t i = 0; i < d->graph->function_count; i++) {
		uint32_t file = d->graph->functions[i].file;
		if (d->fixed[file] == GRAPH_NONE && !strcmp(d->graph->symbols[d->graph->functions[i].symbol].name, "main") &&
		    is_test_name(d->graph->files[file].path))
			tell(d, file, "tests", "tests");
	}
}

/* "tests", and "tests-unit" for a folder of many tests. */
static void tell_aside(struct discovery *d, const struct aside *aside)
{
	uint32_t found = 0;
	for (uint32_t f = 0; f < d->graph->file_count; f++)
		found += d->fixed[f] == GRAPH_NONE && aside_length(aside, d->graph->files[f].path);
	if (found > aside->most * d->graph->file_count)
		return;
	struct interner *parts = interner_create();
	uint32_t *counts = mem_zalloc((size_t)d->graph->file_count + 1, sizeof *counts);
	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t f = 0; f < d->graph->file_count; f++) {
			const char *path = d->graph->files[f].path;
			size_t length = d->fixed[f] == GRAPH_NONE ? aside_length(aside, path) : 0;
			if (!length)
				continue;
			const char *part = path + length + 1;
			size_t part_length = strcspn(part, "/");
			uint32_t id = part[part_length] ? interner_add(parts, part, part_length) : GRAPH_NONE;
			if (!pass) {
				if (id != GRAPH_NONE)
					counts[id]++;
				continue;
			}
			struct buf name;
			buf_init(&name, BUF_NO_CEILING);
			buf_append_string(&name, aside->name);
			if (id != GRAPH_NONE && counts[id] >= ASIDE_PART)
				buf_printf(&name, "-%.*s", (int)part_length, part);
			tell(d, f, name.data, aside->name);
			buf_finish(&name);
		}
	free(counts);
	interner_destroy(parts);
}

static void tell_asides(struct discovery *d)
{
	for (size_t i = 0; i < sizeof ASIDES / sizeof *ASIDES; i++)
		tell_aside(d, &ASIDES[i]);
	tell_test_programs(d);
}

void domain_told_place(struct discovery *d)
{
	const struct domains_options *options = d->options;
	d->fixed = arena_alloc(d->arena, ((size_t)d->graph->file_count + 1) * sizeof *d->fixed);
	d->told = arena_zalloc(d->arena, (size_t)d->graph->file_count + 1, sizeof *d->told);
	for (size_t i = 0; i < options->declared_count; i++)
		interner_add_string(d->fixed_names, options->declared[i].name);
	for (uint32_t f = 0; f < d->graph->file_count; f++) {
		const char *path = d->graph->files[f].path;
		d->fixed[f] = GRAPH_NONE;
		for (size_t i = 0; i < options->declared_count && d->fixed[f] == GRAPH_NONE; i++)
			for (size_t g = 0; g < options->declared[i].glob_count && d->fixed[f] == GRAPH_NONE; g++)
				if (glob_match(options->declared[i].globs[g], path))
					tell(d, f, options->declared[i].name, "declared");
		char *name = d->fixed[f] == GRAPH_NONE && !is_pinned(d, path) ? foreign_name(path, d->arena) : NULL;
		if (name)
			tell(d, f, name, "vendored");
	}
	tell_gnulib(d);
	if (!options->pin_count) {
		tell_asides(d);
		return;
	}
	/* A pin is stronger than the name of a folder. */
	for (uint32_t f = 0; f < d->graph->file_count; f++)
		if (d->fixed[f] == GRAPH_NONE && is_pinned(d, d->graph->files[f].path))
			d->fixed[f] = GRAPH_NONE - 1;
	tell_asides(d);
	for (uint32_t f = 0; f < d->graph->file_count; f++)
		if (d->fixed[f] == GRAPH_NONE - 1)
			d->fixed[f] = GRAPH_NONE;
}

/* ---- constraints ---- */

/* Per node the constraint that one of its files matches; GRAPH_NONE: none. */
static uint32_t *match_nodes(const struct discovery *d, const struct domain_constraint *rows, size_t count)
{
	uint32_t *found = arena_alloc(d->arena, ((size_t)d->node_count + 1) * sizeof *found);
	memset(found, 0xff, ((size_t)d->node_count + 1) * sizeof *found);
	for (uint32_t f = 0; f < d->graph->file_count; f++)
		for (size_t i = 0; i < count && d->node_of[f] != GRAPH_NONE; i++)
			if (domain_globs_match(&rows[i], d->graph->files[f].path) && found[d->node_of[f]] == GRAPH_NONE)
				found[d->node_of[f]] = (uint32_t)i;
	return found;
}

/* A file that two pins put into different domains, or a pin and a declaration. */
static int check_pins(const struct discovery *d, struct err *err)
{
	const struct domain_constraint *pins = d->options->pins;
	for (uint32_t f = 0; f < d->graph->file_count; f++) {
		const struct domain_constraint *first = NULL;
		const char *path = d->graph->files[f].path;
		for (size_t i = 0; i < d->options->pin_count; i++) {
			if (!domain_globs_match(&pins[i], path))
				continue;
			if (first && strcmp(first->name, pins[i].name))
				return err_set(err, ERR_INPUT, "%s is pinned to \"%s\" by line %u and to \"%s\" by line %u; keep one", path,
					       first->name, first->line, pins[i].name, pins[i].line);
			first = first ? first : &pins[i];
		}
	}
	return 0;
}

static int check_apart(const struct discovery *d, struct err *err)
{
	for (size_t p = 0; p < d->options->apart_count; p++) {
		const struct domain_pair *pair = &d->options->apart[p];
		const uint32_t *a = match_nodes(d, &pair->a, 1), *b = match_nodes(d, &pair->b, 1);
		for (size_t kind = 0; kind < 2; kind++) {
			const struct domain_constraint *rows = kind ? d->options->pins : d->options->joins;
			size_t count = kind ? d->options->pin_count : d->options->join_count;
			const uint32_t *together = match_nodes(d, rows, count);
			for (uint32_t i = 0; i < d->node_count; i++)
				for (uint32_t k = 0; k < d->node_count && a[i] != GRAPH_NONE && together[i] != GRAPH_NONE; k++)
					if (b[k] != GRAPH_NONE && k != i && together[k] != GRAPH_NONE &&
					    (kind ? !strcmp(rows[together[i]].name, rows[together[k]].name) : together[i] == together[k]))
						return err_set(err, ERR_INPUT, "line %u keeps %s and %s apart, line %u puts them together; keep one",
							       pair->a.line, d->graph->files[d->nodes[i].file].path,
							       d->graph->files[d->nodes[k].file].path, rows[together[i]].line);
		}
	}
	return 0;
}

/* Files told to be together vote for a hub of their own, and firmly. */
int domain_told_tie(struct discovery *d, struct err *err)
{
	int result = check_pins(d, err);
	if (!result)
		result = check_apart(d, err);
	for (unsigned kind = 0; kind < 2 && !result; kind++) {
		const struct domain_constraint *rows = kind ? d->options->joins : d->options->pins;
		size_t count = kind ? d->options->join_count : d->options->pin_count;
		struct interner *hubs = interner_create();
		const uint32_t *found = match_nodes(d, rows, count);
		for (uint32_t i = 0; i < d->node_count; i++) {
			if (found[i] == GRAPH_NONE)
				continue;
			char key[32];
			snprintf(key, sizeof key, "%u", found[i]);
			uint32_t hub = d->total + interner_add_string(hubs, kind ? key : rows[found[i]].name);
			mem_grow(&d->edges, &d->edge_capacity, d->edge_count + 1, sizeof *d->edges);
			d->edges[d->edge_count++] = (struct weighted_edge){i, hub, FIRM};
			if (!kind)
				d->nodes[i].pin = rows[found[i]].name;
			else
				d->nodes[i].join = found[i] + 1;
		}
		d->total += interner_count(hubs);
		interner_destroy(hubs);
	}
	return result;
}

/* The group that most of the told nodes are in becomes theirs, or, where another has it, a new one. */
static void gather_told(struct discovery *d, const char *pin, uint32_t join, bool *taken)
{
	uint32_t *votes = mem_zalloc((size_t)d->group_count + 1, sizeof *votes), best = GRAPH_NONE;
	for (uint32_t i = 0; i < d->node_count; i++) {
		bool is_told = pin ? d->nodes[i].pin && !strcmp(d->nodes[i].pin, pin) : d->nodes[i].join == join;
		uint32_t g = d->nodes[i].group;
		if (is_told && !taken[g] && (++votes[g], best == GRAPH_NONE || votes[g] > votes[best]))
			best = g;
	}
	best = best == GRAPH_NONE ? d->group_count++ : best;
	for (uint32_t i = 0; i < d->node_count; i++) {
		bool is_told = pin ? d->nodes[i].pin && !strcmp(d->nodes[i].pin, pin) : d->nodes[i].join == join;
		if (!is_told)
			continue;
		d->nodes[i].group = best;
		d->nodes[i].is_locked = true;
		d->nodes[i].is_common = false;
	}
	if (pin)
		taken[best] = true;
	free(votes);
}

static void move_apart(struct discovery *d, const struct domain_pair *pair)
{
	const uint32_t *a = match_nodes(d, &pair->a, 1), *b = match_nodes(d, &pair->b, 1);
	uint32_t *map = mem_alloc(((size_t)d->group_count + 1) * sizeof *map), groups = d->group_count;
	bool *has_a = mem_zalloc((size_t)groups + 1, 1), *has_pin = mem_zalloc((size_t)groups + 1, 1);
	memset(map, 0xff, ((size_t)groups + 1) * sizeof *map);
	for (uint32_t i = 0; i < d->node_count; i++) {
		has_a[d->nodes[i].group] |= a[i] != GRAPH_NONE;
		has_pin[d->nodes[i].group] |= b[i] != GRAPH_NONE && d->nodes[i].is_locked;
	}
	/* Who is told to be in the group stays; of two that are not, a. */
	for (uint32_t i = 0; i < d->node_count; i++) {
		uint32_t g = d->nodes[i].group;
		const uint32_t *leaves = has_pin[g] ? a : b;
		if (!has_a[g] || leaves[i] == GRAPH_NONE)
			continue;
		map[g] = map[g] == GRAPH_NONE ? d->group_count++ : map[g];
		d->nodes[i].group = map[g];
	}
	for (uint32_t i = 0; i < d->node_count; i++)
		d->nodes[i].is_locked |= a[i] != GRAPH_NONE || b[i] != GRAPH_NONE;
	free(map);
	free(has_a);
	free(has_pin);
}

void domain_told_enforce(struct discovery *d)
{
	const struct domains_options *options = d->options;
	bool *taken = mem_zalloc((size_t)d->group_count + options->pin_count + options->join_count + 2, 1);
	for (size_t i = 0; i < options->join_count; i++)
		gather_told(d, NULL, (uint32_t)i + 1, taken);
	for (size_t i = 0; i < options->pin_count; i++) {
		bool is_done = false;
		for (size_t k = 0; k < i; k++)
			is_done |= !strcmp(options->pins[k].name, options->pins[i].name);
		if (!is_done)
			gather_told(d, options->pins[i].name, 0, taken);
	}
	for (size_t i = 0; i < options->apart_count; i++)
		move_apart(d, &options->apart[i]);
	free(taken);
}
