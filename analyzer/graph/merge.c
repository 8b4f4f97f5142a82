/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging: rows of all chunks, symbols bound, become sorted arrays. A header that units see differently has several
 * chunks; what they agree on counts once (sites: the largest), what they differ in is united. Here: files, symbols,
 * configurations, regions. */
#include "graph/merge_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/beside.h"
#include "base/sort.h"
#include "base/text.h"

uint32_t merge_symbol(const struct merge *merge, const struct link_chunk *chunk, uint32_t symbol)
{
	if (symbol == FACTS_NONE || chunk->symbols[symbol] == GRAPH_NONE)
		return GRAPH_NONE;
	return merge->symbol_map[chunk->symbols[symbol]];
}

const char *merge_text(const struct merge *merge, const char *text)
{
	return arena_strdup(merge->graph->arena, text);
}

/* ---- files ---- */

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct graph_file *)a)->path, ((const struct graph_file *)b)->path);
}

static bool has_header_name(const char *path)
{
	const char *dot = strrchr(path_basename(path), '.');
	return dot && (dot[1] == 'h' || dot[1] == 'H' || !strcmp(dot, ".inc") || !strcmp(dot, ".def"));
}

static void merge_files(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct linker *linker = merge->linker;
	uint32_t count = interner_count(linker->paths);
	graph->files = mem_zalloc((size_t)count + 1, sizeof *graph->files);
	graph->file_count = count;
	for (uint32_t i = 0; i < count; i++)
		graph->files[i].path = merge_text(merge, interner_text(linker->paths, i));
	for (size_t c = 0; c < linker->chunk_count; c++) {
		const struct facts_file *row = &linker->chunks[c].facts.files[0];
		struct graph_file *file = &graph->files[linker->chunks[c].file];
		file->lines = row->lines > file->lines ? row->lines : file->lines;
		file->code_lines = row->code_lines > file->code_lines ? row->code_lines : file->code_lines;
		file->is_main |= (row->flags & FILE_MAIN) != 0;
	}
	for (uint32_t i = 0; i < count; i++)
		graph->files[i].is_header = has_header_name(graph->files[i].path) && !graph->files[i].is_main;
	qsort(graph->files, count, sizeof *graph->files, compare_files);
	merge->file_map = mem_alloc(((size_t)count + 1) * sizeof *merge->file_map);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t id = 0;
		interner_find(linker->paths, graph->files[i].path, strlen(graph->files[i].path), &id);
		merge->file_map[id] = i;
	}
}

/* ---- symbols ---- */

static void place_symbol(struct link_symbol *symbol, uint32_t file, uint32_t line, bool defines)
{
	if (defines && (!symbol->is_defined || symbol->file == GRAPH_NONE)) {
		symbol->is_defined = true;
		symbol->file = file;
		symbol->line = line;
	} else if (defines && symbol->file == file && (!symbol->line || line < symbol->line)) { /* the linker chose the file */
		symbol->line = line;
	} else if (!defines && !symbol->is_defined && (symbol->file == GRAPH_NONE)) {
		symbol->file = file;
		symbol->line = line;
	}
}

static void place_symbols(struct linker *linker)
{
	for (size_t c = 0; c < linker->chunk_count; c++) {
		const struct link_chunk *chunk = &linker->chunks[c];
		const struct facts *facts = &chunk->facts;
#define PLACE(table, defined)                                                                                     \
	for (uint32_t i = 0; i < facts->table##_count; i++)                                                       \
		if (chunk->symbols[facts->table[i].symbol] != GRAPH_NONE)                                         \
			place_symbol(&linker->symbols[chunk->symbols[facts->table[i].symbol]], chunk->file,       \
				     facts->table[i].line, defined)
		PLACE(functions, facts->functions[i].flags & FUNCTION_DEFINITION);
		PLACE(variables, facts->variables[i].flags & VARIABLE_DEFINITION);
		PLACE(types, facts->types[i].flags & TYPE_DEFINITION);
		PLACE(macros, true);
#undef PLACE
	}
	for (size_t i = 0; i < linker->symbol_count; i++) {
		struct link_symbol *symbol = &linker->symbols[i];
		if (symbol->file == GRAPH_NONE && symbol->parent != GRAPH_NONE) {
			symbol->file = linker->symbols[symbol->parent].file;
			symbol->line = linker->symbols[symbol->parent].line;
			symbol->is_defined = linker->symbols[symbol->parent].is_defined;
		}
	}
}

static int compare_link_symbols(const void *a, const void *b, void *context)
{
	const struct linker *linker = context;
	const struct link_symbol *x = &linker->symbols[*(const uint32_t *)a], *y = &linker->symbols[*(const uint32_t *)b];
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	int order = strcmp(x->name, y->name);
	if (!order)
		order = strcmp(x->scope_path, y->scope_path);
	if (order || x->parent == y->parent)
		return order;
	if (x->parent == GRAPH_NONE || y->parent == GRAPH_NONE)
		return x->parent == GRAPH_NONE ? -1 : 1;
	const struct link_symbol *p = &linker->symbols[x->parent], *q = &linker->symbols[y->parent];
	if (p->kind != q->kind)
		return p->kind < q->kind ? -1 : 1;
	order = strcmp(p->name, q->name);
	return order ? order : strcmp(p->scope_path, q->scope_path);
}

/* A symbol's kind and the beginning of its name as numbers, which are in the order that compare_link_symbols asks for first. */
struct named { uint64_t start[2]; uint32_t symbol; };

static uint64_t named_key(const void *row, unsigned part)
{
	return ((const struct named *)row)->start[part];
}

static void name_start(struct named *named, const struct link_symbol *symbol)
{
	unsigned char bytes[16] = {symbol->kind};
	memcpy(bytes + 1, symbol->name, strnlen(symbol->name, sizeof bytes - 1));
	for (unsigned i = 0; i < 16; i++)
		named->start[i / 8] = named->start[i / 8] << 8 | bytes[i];
}

/* Most are told apart by how they start. */
static void sort_symbols(struct linker *linker, uint32_t *order, uint32_t count)
{
	struct named *rows = mem_zalloc((size_t)count + 1, sizeof *rows);
	for (uint32_t i = 0; i < count; i++) {
		name_start(&rows[i], &linker->symbols[i]);
		rows[i].symbol = i;
	}
	sort_rows(rows, count, sizeof *rows, 2, named_key);
	for (uint32_t i = 0; i < count; i++)
		order[i] = rows[i].symbol;
	for (uint32_t first = 0, end; first < count; first = end) {
		for (end = first + 1; end < count && !memcmp(rows[first].start, rows[end].start, sizeof rows[first].start);)
			end++;
		if (end - first > 1)
			qsort_r(order + first, end - first, sizeof *order, compare_link_symbols, linker);
	}
	free(rows);
}

static void merge_symbols(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct linker *linker = merge->linker;
	place_symbols(linker);
	uint32_t count = (uint32_t)linker->symbol_count;
	uint32_t *order = mem_alloc(((size_t)count + 1) * sizeof *order);
	merge->symbol_map = mem_alloc(((size_t)count + 1) * sizeof *merge->symbol_map);
	sort_symbols(linker, order, count);
	for (uint32_t i = 0; i < count; i++)
		merge->symbol_map[order[i]] = i;
	graph->symbols = mem_zalloc((size_t)count + 1, sizeof *graph->symbols);
	graph->symbol_count = count;
	graph->function_of = mem_alloc(((size_t)count + 1) * sizeof *graph->function_of);
	for (uint32_t i = 0; i < count; i++) {
		const struct link_symbol *from = &linker->symbols[order[i]];
		graph->function_of[i] = GRAPH_NONE;
		graph->symbols[i] = (struct graph_symbol){
			.kind = from->kind, .name = merge_text(merge, from->name), .scope_path = merge_text(merge, from->scope_path),
			.file = from->file == GRAPH_NONE ? GRAPH_NONE : merge->file_map[from->file], .line = from->line,
			.parent = from->parent == GRAPH_NONE ? GRAPH_NONE : merge->symbol_map[from->parent],
			.is_defined = from->is_defined,
		};
	}
	free(order);
}

/* ---- configurations ---- */

uint32_t merge_configurations(struct merge *merge, uint32_t linker_file, uint64_t mask)
{
	char **names = merge->configurations[linker_file];
	if (!names || !mask)
		return 0;
	uint64_t all = 0;
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	for (unsigned i = 0; names[i]; i++) {
		all |= (uint64_t)1 << i;
		if (mask >> i & 1)
			buf_printf(&text, "%s%s", text.length ? " " : "", names[i]);
	}
	uint32_t set = mask == all ? 0 : interner_add(merge->configuration_sets, text.data, text.length);
	buf_finish(&text);
	return set;
}

/* ---- rows: collected with a sort key, then united ---- */

void *bag_add(struct bag *bag)
{
	mem_grow(&bag->rows, &bag->capacity, (bag->count + 1) * bag->size, 1);
	return memset(bag->rows + bag->count++ * bag->size, 0, bag->size);
}

void *bag_finish(struct bag *bag, int (*compare)(const void *, const void *),
			void (*unite)(void *into, const void *row), uint32_t *count)
{
	if (bag->parts)
		sort_rows(bag->rows, bag->count, bag->size, bag->parts, bag->key);
	else if (bag->count)
		qsort(bag->rows, bag->count, bag->size, compare);
	size_t kept = 0;
	for (size_t i = 0; i < bag->count; i++) {
		unsigned char *row = bag->rows + i * bag->size, *last = kept ? bag->rows + (kept - 1) * bag->size : NULL;
		if (last && compare(last, row) == 0) {
			if (unite)
				unite(last, row);
		} else {
			memmove(bag->rows + kept++ * bag->size, row, bag->size);
		}
	}
	*count = (uint32_t)kept;
	return bag->rows ? bag->rows : mem_zalloc(1, bag->size);
}

/* ---- regions: left out by every chunk of the file ---- */

static void merge_file_regions(struct merge *merge, uint32_t file, struct link_chunk **chunks, size_t count, struct bag *bag)
{
	uint32_t lines = merge->graph->files[file].lines;
	uint32_t *covered = mem_zalloc((size_t)lines + 3, sizeof *covered);
	for (size_t c = 0; c < count; c++) {
		uint32_t last = 0; /* nested regions of one chunk count once */
		for (uint32_t i = 0; i < chunks[c]->facts.regions_count; i++) {
			const struct facts_region *row = &chunks[c]->facts.regions[i];
			uint32_t from = row->line > last ? row->line : last + 1;
			for (uint32_t line = from; line <= row->end_line && line <= lines; line++)
				covered[line]++;
			last = row->end_line > last ? row->end_line : last;
		}
	}
	for (uint32_t i = 0; i < chunks[0]->facts.regions_count; i++) {
		const struct facts_region *row = &chunks[0]->facts.regions[i];
		for (uint32_t line = row->line; line <= row->end_line && line <= lines; line++) {
			if (covered[line] != count)
				continue;
			uint32_t end = line;
			while (end < row->end_line && end < lines && covered[end + 1] == count)
				end++;
			struct graph_region *to = bag_add(bag);
			*to = (struct graph_region){file, line, end, chunks[0]->facts.strings[row->condition_string]};
			merge->graph->lines_inactive += end - line + 1;
			line = end;
		}
	}
	free(covered);
}

static int compare_regions(const void *a, const void *b)
{
	int order;
	const struct graph_region *x = a, *y = b;
	if ((order = merge_order(x->file, y->file)))
		return order;
	if ((order = merge_order(x->line, y->line)))
		return order;
	if ((order = merge_order(x->end_line, y->end_line)))
		return order;
	return 0;
}

static int compare_chunks(const void *a, const void *b)
{
	int order;
	const struct link_chunk *x = *(struct link_chunk *const *)a, *y = *(struct link_chunk *const *)b;
	if ((order = merge_order(x->file, y->file)))
		return order;
	return (x > y) - (x < y);
}

static void merge_regions(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct linker *linker = merge->linker;
	struct bag bag = {.size = sizeof(struct graph_region)};
	struct link_chunk **sorted = mem_alloc((linker->chunk_count + 1) * sizeof *sorted);
	for (size_t i = 0; i < linker->chunk_count; i++)
		sorted[i] = &linker->chunks[i];
	qsort(sorted, linker->chunk_count, sizeof *sorted, compare_chunks);
	for (size_t first = 0, last; first < linker->chunk_count; first = last) {
		for (last = first; last < linker->chunk_count && sorted[last]->file == sorted[first]->file;)
			last++;
		merge_file_regions(merge, merge->file_map[sorted[first]->file], sorted + first, last - first, &bag);
	}
	free(sorted);
	graph->regions = bag_finish(&bag, compare_regions, NULL, &graph->region_count);
	for (uint32_t i = 0; i < graph->region_count; i++)
		graph->regions[i].condition = merge_text(merge, graph->regions[i].condition);
	for (uint32_t i = 0; i < graph->file_count; i++)
		graph->lines_total += graph->files[i].lines;
}

static void merge_uses_beside(void *merge)
{
	merge_uses(merge);
}

void graph_merge(struct graph *graph, struct linker *linker, char ***per_file_configurations)
{
	struct merge merge = {.graph = graph, .linker = linker, .configurations = per_file_configurations,
			      .configuration_sets = interner_create()};
	interner_add(merge.configuration_sets, "", 0); /* 0: all */
	struct beside uses;
	merge_files(&merge);
	merge_symbols(&merge);
	beside_begin(&uses, merge_uses_beside, &merge);
	merge_functions(&merge);
	merge_definitions(&merge);
	merge_layouts(&merge);
	merge_calls(&merge);
	merge_includes(&merge);
	merge_outcalls(&merge);
	merge_regions(&merge);
	merge_flows(&merge);
	beside_end(&uses);
	graph->configuration_count = interner_count(merge.configuration_sets);
	graph->configurations = mem_zalloc((size_t)graph->configuration_count + 1, sizeof *graph->configurations);
	for (uint32_t i = 0; i < graph->configuration_count; i++)
		graph->configurations[i] = merge_text(&merge, interner_text(merge.configuration_sets, i));
	interner_destroy(merge.configuration_sets);
	free(merge.file_map);
	free(merge.symbol_map);
}
