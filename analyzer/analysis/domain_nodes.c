/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of domain discovery: files that are one thing to whoever works on them. Knows names and declarations, nothing
 * of how nodes are tied. */
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"
#include "analysis/domain_names.h"
#include "base/buf.h"
#include "base/text.h"

#define DECLARES_SHARE 0.6 /* of what a header declares is defined in one stem group: it is that group's header */

static char *folder_of(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');
	return slash ? arena_strndup(arena, path, (size_t)(slash - path)) : arena_strdup(arena, "");
}

static bool has_source_suffix(const struct discovery *d, uint32_t file)
{
	return !d->graph->files[file].is_header;
}

/* ---- headers without a source of their name ---- */

struct declared { uint32_t header, source, symbol; };

static int compare_declared(const void *a, const void *b)
{
	const struct declared *x = a, *y = b;
	if (x->header != y->header)
		return x->header < y->header ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

/* home[header] = a source file that defines most of what the header declares; others are left as they are. */
static void find_homes(const struct discovery *d, const uint32_t *node_of, uint32_t *home)
{
	const struct graph *graph = d->graph;
	struct declared *rows = mem_alloc(((size_t)graph->declaration_count + 1) * sizeof *rows);
	size_t count = 0;
	for (uint32_t i = 0; i < graph->declaration_count; i++) {
		const struct graph_declaration *row = &graph->declarations[i];
		const struct graph_symbol *symbol = &graph->symbols[row->symbol];
		if (row->file == GRAPH_NONE || !graph->files[row->file].is_header || node_of[row->file] == GRAPH_NONE ||
		    !symbol->is_defined || symbol->file == GRAPH_NONE || symbol->file == row->file ||
		    node_of[symbol->file] == GRAPH_NONE)
			continue;
		rows[count++] = (struct declared){row->file, node_of[symbol->file], row->symbol};
	}
	if (count)
		qsort(rows, count, sizeof *rows, compare_declared);
	for (size_t at = 0; at < count;) {
		size_t end = at, best_count = 0, total = 0;
		uint32_t best = GRAPH_NONE;
		while (end < count && rows[end].header == rows[at].header) {
			size_t start = end, own = 0;
			for (; end < count && rows[end].header == rows[start].header && rows[end].source == rows[start].source; end++)
				own += end == start || rows[end].symbol != rows[end - 1].symbol;
			total += own;
			if (own > best_count) {
				best_count = own;
				best = rows[start].source;
			}
		}
		if ((double)best_count >= DECLARES_SHARE * (double)total)
			home[rows[at].header] = best;
		at = end;
	}
	free(rows);
}

/* ---- stem groups ---- */

static void join(struct discovery *d, uint32_t file, uint32_t node)
{
	struct domain_node *to = &d->nodes[node];
	d->node_of[file] = node;
	to->files++;
	to->lines += d->graph->files[file].code_lines;
	if (to->files == 1 || (has_source_suffix(d, file) && !has_source_suffix(d, to->file)))
		to->file = file;
}

/* Files by folder and stem; a header whose stem just one source has goes with that source, wherever it lies. */
static uint32_t group_by_stem(const struct discovery *d, uint32_t *node_of)
{
	struct interner *groups = interner_create(), *stems = interner_create();
	uint32_t files = d->graph->file_count;
	uint32_t *sources = mem_zalloc((size_t)files + 1, sizeof *sources);
	uint32_t *source_of = mem_zalloc((size_t)files + 1, sizeof *source_of);
	for (uint32_t f = 0; f < files; f++) {
		if (d->fixed[f] != GRAPH_NONE || d->graph->files[f].is_header)
			continue;
		uint32_t stem = interner_add_string(stems, domain_stem(d->graph->files[f].path, d->arena));
		sources[stem]++;
		source_of[stem] = f;
	}
	for (uint32_t f = 0; f < files; f++) {
		node_of[f] = GRAPH_NONE;
		if (d->fixed[f] != GRAPH_NONE)
			continue;
		const char *path = d->graph->files[f].path;
		char *stem = domain_stem(path, d->arena);
		uint32_t id;
		if (d->graph->files[f].is_header && interner_find(stems, stem, strlen(stem), &id) && sources[id] == 1)
			path = d->graph->files[source_of[id]].path;
		struct buf key;
		buf_init(&key, BUF_NO_CEILING);
		buf_printf(&key, "%s/%s", folder_of(path, d->arena), stem);
		node_of[f] = interner_add(groups, key.data, key.length);
		buf_finish(&key);
	}
	uint32_t count = interner_count(groups);
	free(sources);
	free(source_of);
	interner_destroy(groups);
	interner_destroy(stems);
	return count;
}

/* Headers alone in their group move to the group that defines what they declare. Then groups are numbered anew. */
static void settle(struct discovery *d, uint32_t *node_of, uint32_t count)
{
	uint32_t files = d->graph->file_count;
	uint32_t *home = mem_alloc(((size_t)files + 1) * sizeof *home), *map = mem_alloc(((size_t)count + 1) * sizeof *map);
	bool *has_source = mem_zalloc((size_t)count + 1, sizeof *has_source);
	for (uint32_t f = 0; f < files; f++) {
		home[f] = GRAPH_NONE;
		if (node_of[f] != GRAPH_NONE && has_source_suffix(d, f))
			has_source[node_of[f]] = true;
	}
	find_homes(d, node_of, home);
	for (uint32_t g = 0; g < count; g++)
		map[g] = GRAPH_NONE;
	for (uint32_t f = 0; f < files; f++) {
		uint32_t group = node_of[f];
		d->node_of[f] = GRAPH_NONE;
		if (group == GRAPH_NONE)
			continue;
		if (!has_source[group] && home[f] != GRAPH_NONE && has_source[home[f]])
			group = home[f];
		if (map[group] == GRAPH_NONE)
			map[group] = d->node_count++;
		join(d, f, map[group]);
	}
	free(home);
	free(map);
	free(has_source);
}

/* ---- homes ---- */

/* Folders that say where code lies, not what it does: "include/net" and "src/net" are one place. */
static const char *const MIRRORS[] = {"include", "includes", "inc", "src", "source", "sources", "headers"};

static bool is_mirror(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof MIRRORS / sizeof *MIRRORS; i++)
		if (strlen(MIRRORS[i]) == length && !strncmp(MIRRORS[i], name, length))
			return true;
	return false;
}

/* Returns whether there was a mirror. */
static bool fold_mirrors(const char *folder, struct buf *home)
{
	bool folded = false;
	while (*folder) {
		size_t length = strcspn(folder, "/");
		if (is_mirror(folder, length)) {
			folded = true;
		} else {
			if (home->length)
				buf_append_char(home, '/');
			buf_append(home, folder, length);
		}
		folder += length + (folder[length] == '/');
	}
	return folded;
}

/* A header's place in a mirror is the nearest folder that has sources: "arch/x86/include/asm/io.h" is at home in "arch/x86".
 * Where there is none, its folder says nothing of what it is for. */
static const char *home_with_sources(const char *home, size_t length, const struct interner *with_sources, struct arena *arena)
{
	uint32_t id;
	for (;; length--) {
		if ((!home[length] || home[length] == '/') && interner_find(with_sources, home, length, &id))
			return arena_strndup(arena, home, length);
		if (!length)
			return NULL;
	}
}

/* refs.c beside refs/ belongs to that folder. */
static void find_homes_of_nodes(struct discovery *d)
{
	struct interner *with_sources = interner_create(), *homes = interner_create();
	for (unsigned pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < d->node_count; i++) {
			struct domain_node *node = &d->nodes[i];
			struct buf home;
			buf_init(&home, BUF_NO_CEILING);
			buf_append_string(&home, "");
			bool folded = fold_mirrors(node->folder, &home), is_source = has_source_suffix(d, node->file);
			const char *text = home.length ? home.data : "";
			if (!pass && is_source)
				interner_add(with_sources, text, home.length);
			if (pass) {
				node->home = folded && !is_source ? home_with_sources(text, home.length, with_sources, d->arena)
								  : arena_strndup(d->arena, text, home.length);
				if (node->home)
					interner_add_string(homes, node->home);
			}
			buf_finish(&home);
		}
	}
	for (uint32_t i = 0; i < d->node_count; i++) {
		struct buf inner;
		uint32_t id;
		if (!d->nodes[i].home)
			continue;
		buf_init(&inner, BUF_NO_CEILING);
		buf_printf(&inner, "%s%s%s", d->nodes[i].home, *d->nodes[i].home ? "/" : "", d->nodes[i].stem);
		if (interner_find(homes, inner.data, inner.length, &id))
			d->nodes[i].home = arena_strndup(d->arena, inner.data, inner.length);
		buf_finish(&inner);
	}
	interner_destroy(homes);
	interner_destroy(with_sources);
}

void domain_nodes_make(struct discovery *d)
{
	size_t files = (size_t)d->graph->file_count + 1;
	uint32_t *by_stem = mem_alloc(files * sizeof *by_stem);
	d->node_of = arena_alloc(d->arena, files * sizeof *d->node_of);
	d->nodes = arena_zalloc(d->arena, files, sizeof *d->nodes);
	settle(d, by_stem, group_by_stem(d, by_stem));
	free(by_stem);
	for (uint32_t i = 0; i < d->node_count; i++) {
		struct domain_node *node = &d->nodes[i];
		const char *path = d->graph->files[node->file].path;
		node->folder = folder_of(path, d->arena);
		node->stem = domain_stem(path, d->arena);
		node->group = GRAPH_NONE;
	}
	find_homes_of_nodes(d);
}
