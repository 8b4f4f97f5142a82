/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging: rows of all chunks, symbols bound, become sorted arrays. A header that units see differently has several
 * chunks; what they agree on counts once (sites: the largest), what they differ in is united. */
#include "graph/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct merge {
	struct graph *graph;
	struct linker *linker;
	char ***configurations;
	uint32_t *file_map;       /* linker file -> graph file */
	uint32_t *symbol_map;     /* linker symbol -> graph symbol */
	struct interner *configuration_sets;
};

static uint32_t to_graph(const struct merge *merge, const struct link_chunk *chunk, uint32_t symbol)
{
	if (symbol == FACTS_NONE || chunk->symbols[symbol] == GRAPH_NONE)
		return GRAPH_NONE;
	return merge->symbol_map[chunk->symbols[symbol]];
}

static const char *keep(const struct merge *merge, const char *text)
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
		graph->files[i].path = keep(merge, interner_text(linker->paths, i));
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
	if (defines && (!symbol->is_defined || symbol->file == GRAPH_NONE || !symbol->line)) {
		symbol->is_defined = true;
		symbol->file = file;
		symbol->line = line;
	} else if (defines && symbol->file == file && line < symbol->line) {
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

static void merge_symbols(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct linker *linker = merge->linker;
	place_symbols(linker);
	uint32_t count = (uint32_t)linker->symbol_count;
	uint32_t *order = mem_alloc(((size_t)count + 1) * sizeof *order);
	merge->symbol_map = mem_alloc(((size_t)count + 1) * sizeof *merge->symbol_map);
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	qsort_r(order, count, sizeof *order, compare_link_symbols, linker);
	for (uint32_t i = 0; i < count; i++)
		merge->symbol_map[order[i]] = i;
	graph->symbols = mem_zalloc((size_t)count + 1, sizeof *graph->symbols);
	graph->symbol_count = count;
	graph->function_of = mem_alloc(((size_t)count + 1) * sizeof *graph->function_of);
	for (uint32_t i = 0; i < count; i++) {
		const struct link_symbol *from = &linker->symbols[order[i]];
		graph->function_of[i] = GRAPH_NONE;
		graph->symbols[i] = (struct graph_symbol){
			.kind = from->kind, .name = keep(merge, from->name), .scope_path = keep(merge, from->scope_path),
			.file = from->file == GRAPH_NONE ? GRAPH_NONE : merge->file_map[from->file], .line = from->line,
			.parent = from->parent == GRAPH_NONE ? GRAPH_NONE : merge->symbol_map[from->parent],
			.is_defined = from->is_defined,
		};
	}
	free(order);
}

/* ---- configurations ---- */

static uint32_t configuration_set(struct merge *merge, uint32_t linker_file, uint64_t mask)
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

struct bag { /* rows of one size, to be sorted and united */
	unsigned char *rows;
	size_t count, capacity, size;
};

static void *bag_add(struct bag *bag)
{
	mem_grow(&bag->rows, &bag->capacity, (bag->count + 1) * bag->size, 1);
	return memset(bag->rows + bag->count++ * bag->size, 0, bag->size);
}

/* Sorts, then lets unite() fold each run of rows with equal keys into its first. Returns the rows; heap. */
static void *bag_finish(struct bag *bag, int (*compare)(const void *, const void *),
			void (*unite)(void *into, const void *row), uint32_t *count)
{
	if (bag->count)
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

#define ORDER(a, b) \
	if ((a) != (b)) \
		return (a) < (b) ? -1 : 1

/* Functions and calls carry a mask of configurations until all chunks are in. */
struct function_row { struct graph_function row; uint64_t mask; uint32_t linker_file; };

static int compare_functions(const void *a, const void *b)
{
	const struct function_row *x = a, *y = b;
	ORDER(x->row.symbol, y->row.symbol);
	return 0;
}

static int compare_functions_by_line(const void *a, const void *b)
{
	const struct function_row *x = a, *y = b;
	ORDER(x->row.symbol, y->row.symbol);
	ORDER(x->row.line, y->row.line);
	ORDER(x->row.end_line, y->row.end_line);
	ORDER(x->row.cyclomatic, y->row.cyclomatic);
	ORDER(x->mask, y->mask);
	return 0;
}

static void unite_functions(void *into, const void *row)
{
	struct function_row *x = into;
	const struct function_row *y = row;
	x->mask |= y->mask;
	x->row.flags |= y->row.flags & ~(uint32_t)FUNCTION_INLINE_ONLY;
}

static void merge_functions(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag bag = {.size = sizeof(struct function_row)};
	for (size_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		for (uint32_t i = 0; i < chunk->facts.functions_count; i++) {
			const struct facts_function *row = &chunk->facts.functions[i];
			uint32_t symbol = to_graph(merge, chunk, row->symbol);
			if (!(row->flags & FUNCTION_DEFINITION) || symbol == GRAPH_NONE)
				continue;
			struct function_row *to = bag_add(&bag);
			to->mask = chunk->configurations;
			to->linker_file = chunk->file;
			to->row = (struct graph_function){
				.symbol = symbol, .file = merge->file_map[chunk->file],
				.source_name = row->source_name_string == FACTS_NONE
						       ? NULL : chunk->facts.strings[row->source_name_string],
				.signature = chunk->facts.strings[row->signature_string], .line = row->line,
				.end_line = row->end_line, .flags = row->flags, .parameters = row->parameters,
				.cyclomatic = row->cyclomatic, .cognitive = row->cognitive, .code_lines = row->code_lines,
			};
		}
	}
	if (bag.count)
		qsort(bag.rows, bag.count, bag.size, compare_functions_by_line); /* glibc's qsort is a stable merge sort; the
										   * key below is a prefix of this one */
	uint32_t count;
	struct function_row *rows = bag_finish(&bag, compare_functions, unite_functions, &count);
	graph->functions = mem_zalloc((size_t)count + 1, sizeof *graph->functions);
	graph->function_count = count;
	for (uint32_t i = 0; i < count; i++) {
		struct graph_function *to = &graph->functions[i];
		*to = rows[i].row;
		to->source_name = to->source_name ? keep(merge, to->source_name) : NULL;
		to->signature = keep(merge, to->signature);
		to->configurations = configuration_set(merge, rows[i].linker_file, rows[i].mask);
		graph->function_of[to->symbol] = i;
	}
	free(rows);
}

static int compare_variables(const void *a, const void *b)
{
	const struct graph_variable *x = a, *y = b;
	ORDER(x->symbol, y->symbol);
	return 0;
}

static void unite_variables(void *into, const void *row)
{
	struct graph_variable *x = into;
	const struct graph_variable *y = row;
	if (y->file < x->file || (y->file == x->file && y->line < x->line))
		*x = *y;
}

static int compare_types(const void *a, const void *b)
{
	const struct graph_type *x = a, *y = b;
	ORDER(x->symbol, y->symbol);
	return 0;
}

static void unite_types(void *into, const void *row)
{
	struct graph_type *x = into;
	const struct graph_type *y = row;
	uint32_t fields = x->fields > y->fields ? x->fields : y->fields;
	if (y->line < x->line)
		*x = *y;
	x->fields = fields;
}

static int compare_macros(const void *a, const void *b)
{
	const struct graph_macro *x = a, *y = b;
	ORDER(x->symbol, y->symbol);
	return 0;
}

static void unite_macros(void *into, const void *row)
{
	struct graph_macro *x = into;
	const struct graph_macro *y = row;
	if (y->line < x->line)
		*x = *y;
}

static int compare_declarations(const void *a, const void *b)
{
	const struct graph_declaration *x = a, *y = b;
	ORDER(x->symbol, y->symbol);
	ORDER(x->file, y->file);
	ORDER(x->line, y->line);
	ORDER(x->is_definition, y->is_definition);
	return 0;
}

static void merge_definitions(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag variables = {.size = sizeof(struct graph_variable)}, types = {.size = sizeof(struct graph_type)};
	struct bag macros = {.size = sizeof(struct graph_macro)}, declarations = {.size = sizeof(struct graph_declaration)};
	for (size_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		const struct facts *facts = &chunk->facts;
		uint32_t file = merge->file_map[chunk->file];
		for (uint32_t i = 0; i < facts->functions_count; i++) {
			struct graph_declaration *to = bag_add(&declarations);
			*to = (struct graph_declaration){to_graph(merge, chunk, facts->functions[i].symbol), file,
							 facts->functions[i].line,
							 facts->functions[i].flags & FUNCTION_DEFINITION};
		}
		for (uint32_t i = 0; i < facts->variables_count; i++) {
			const struct facts_variable *row = &facts->variables[i];
			uint32_t symbol = to_graph(merge, chunk, row->symbol);
			struct graph_declaration *declaration = bag_add(&declarations);
			*declaration = (struct graph_declaration){symbol, file, row->line, row->flags & VARIABLE_DEFINITION};
			if (row->flags & VARIABLE_DEFINITION) {
				struct graph_variable *to = bag_add(&variables);
				*to = (struct graph_variable){symbol, file, facts->strings[row->type_string], row->line, row->flags};
			}
		}
		for (uint32_t i = 0; i < facts->types_count; i++) {
			const struct facts_type *row = &facts->types[i];
			if (!(row->flags & TYPE_DEFINITION))
				continue;
			struct graph_type *to = bag_add(&types);
			*to = (struct graph_type){to_graph(merge, chunk, row->symbol), file, row->line, row->end_line, 0, row->flags};
		}
		for (uint32_t i = 0; i < facts->macros_count; i++) {
			const struct facts_macro *row = &facts->macros[i];
			struct graph_macro *to = bag_add(&macros);
			*to = (struct graph_macro){to_graph(merge, chunk, row->symbol), file, row->line, row->end_line, row->flags};
		}
	}
	graph->variables = bag_finish(&variables, compare_variables, unite_variables, &graph->variable_count);
	for (uint32_t i = 0; i < graph->variable_count; i++)
		graph->variables[i].type = keep(merge, graph->variables[i].type);
	graph->types = bag_finish(&types, compare_types, unite_types, &graph->type_count);
	graph->macros = bag_finish(&macros, compare_macros, unite_macros, &graph->macro_count);
	graph->declarations = bag_finish(&declarations, compare_declarations, NULL, &graph->declaration_count);
	/* Members name their record by symbol: count them there. */
	for (uint32_t i = 0; i < graph->symbol_count; i++) {
		const struct graph_symbol *symbol = &graph->symbols[i];
		if ((symbol->kind != SYMBOL_FIELD && symbol->kind != SYMBOL_ENUMERATOR) || symbol->parent == GRAPH_NONE)
			continue;
		struct graph_type key = {.symbol = symbol->parent};
		struct graph_type *type = bsearch(&key, graph->types, graph->type_count, sizeof key, compare_types);
		if (type)
			type->fields++;
	}
}

/* ---- calls ---- */

struct call_row { struct graph_call row; uint64_t mask; uint32_t linker_file, chunk; };

static int compare_calls(const void *a, const void *b)
{
	const struct call_row *x = a, *y = b;
	ORDER(x->row.caller, y->row.caller);
	ORDER(x->row.callee, y->row.callee);
	return 0;
}

static int compare_calls_in_chunk(const void *a, const void *b)
{
	int order = compare_calls(a, b);
	if (order)
		return order;
	const struct call_row *x = a, *y = b;
	ORDER(x->chunk, y->chunk);
	return 0;
}

static void unite_in_chunk(void *into, const void *row)
{
	struct call_row *x = into;
	const struct call_row *y = row;
	x->row.sites += y->row.sites;
	x->row.via_macro += y->row.via_macro;
	x->row.line = y->row.line < x->row.line ? y->row.line : x->row.line;
	if (y->row.confidence > x->row.confidence ||
	    (y->row.confidence == x->row.confidence && strcmp(y->row.basis, x->row.basis) > 0)) {
		x->row.confidence = y->row.confidence;
		x->row.basis = y->row.basis;
	}
}

static void unite_chunks(void *into, const void *row)
{
	struct call_row *x = into;
	const struct call_row *y = row;
	x->mask |= y->mask;
	x->row.sites = y->row.sites > x->row.sites ? y->row.sites : x->row.sites;
	x->row.via_macro = y->row.via_macro > x->row.via_macro ? y->row.via_macro : x->row.via_macro;
	x->row.line = y->row.line < x->row.line ? y->row.line : x->row.line;
	if (y->row.confidence > x->row.confidence) {
		x->row.confidence = y->row.confidence;
		x->row.basis = y->row.basis;
	}
}

static const char *call_basis(const struct facts_reference *reference, size_t targets)
{
	if (reference->kind == REF_ALIAS)
		return "alias";
	if (reference->flags & REF_MAYBE)
		return "generic";
	if (targets > 1)
		return "ambiguous";
	if (reference->kind == REF_CLEANUP)
		return "cleanup";
	return reference->flags & REF_BUILTIN ? "builtin" : "direct";
}

static void add_calls(struct merge *merge, uint32_t c, const struct facts_reference *reference, struct bag *bag)
{
	const struct link_chunk *chunk = &merge->linker->chunks[c];
	uint32_t caller = to_graph(merge, chunk, reference->from_symbol), targets[64];
	if (caller == GRAPH_NONE || merge->graph->symbols[caller].kind != SYMBOL_FUNCTION)
		return;
	size_t count = linker_targets(merge->linker, chunk, reference->to_symbol, targets, 64);
	for (size_t i = 0; i < count; i++) {
		struct call_row *to = bag_add(bag);
		to->chunk = c;
		to->mask = chunk->configurations;
		to->linker_file = chunk->file;
		to->row = (struct graph_call){
			.caller = caller, .callee = merge->symbol_map[targets[i]], .file = merge->file_map[chunk->file],
			.sites = reference->sites, .line = reference->line,
			.via_macro = reference->flags & REF_VIA_MACRO ? reference->sites : 0,
			.confidence = (reference->flags & REF_MAYBE ? 0.5f : 1.0f) / (float)count,
			.basis = call_basis(reference, count),
		};
	}
}

static void merge_calls(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag bag = {.size = sizeof(struct call_row)};
	for (uint32_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct facts *facts = &merge->linker->chunks[c].facts;
		for (uint32_t i = 0; i < facts->references_count; i++) {
			const struct facts_reference *row = &facts->references[i];
			if ((row->kind == REF_CALL || row->kind == REF_CLEANUP || row->kind == REF_ALIAS) &&
			    !(row->flags & (REF_UNEVALUATED | REF_INACTIVE)))
				add_calls(merge, c, row, &bag);
		}
	}
	uint32_t in_chunks;
	bag.rows = bag_finish(&bag, compare_calls_in_chunk, unite_in_chunk, &in_chunks);
	bag.count = in_chunks;
	uint32_t count;
	struct call_row *rows = bag_finish(&bag, compare_calls, unite_chunks, &count);
	graph->calls = mem_zalloc((size_t)count + 1, sizeof *graph->calls);
	graph->call_count = count;
	for (uint32_t i = 0; i < count; i++) {
		graph->calls[i] = rows[i].row;
		graph->calls[i].configurations = configuration_set(merge, rows[i].linker_file, rows[i].mask);
	}
	free(rows);
}

/* ---- uses ---- */

struct use_row { struct graph_use row; uint32_t chunk; };

static int compare_uses(const void *a, const void *b)
{
	const struct use_row *x = a, *y = b;
	ORDER(x->row.from, y->row.from);
	ORDER(x->row.to, y->row.to);
	ORDER(x->row.kind, y->row.kind);
	ORDER(x->row.from_file, y->row.from_file);
	return 0;
}

static int compare_uses_in_chunk(const void *a, const void *b)
{
	int order = compare_uses(a, b);
	if (order)
		return order;
	const struct use_row *x = a, *y = b;
	ORDER(x->chunk, y->chunk);
	return 0;
}

static void unite_uses_in_chunk(void *into, const void *row)
{
	struct use_row *x = into;
	const struct use_row *y = row;
	x->row.sites += y->row.sites;
	x->row.line = y->row.line < x->row.line ? y->row.line : x->row.line;
}

static void unite_uses(void *into, const void *row)
{
	struct use_row *x = into;
	const struct use_row *y = row;
	x->row.sites = y->row.sites > x->row.sites ? y->row.sites : x->row.sites;
	x->row.line = y->row.line < x->row.line ? y->row.line : x->row.line;
}

static bool is_use(const struct facts_reference *row)
{
	if (row->kind == REF_CALL || row->kind == REF_CLEANUP || row->kind == REF_ALIAS)
		return false;
	bool evaluated = !(row->flags & (REF_UNEVALUATED | REF_INACTIVE));
	return evaluated || row->kind == REF_TYPE || row->kind == REF_FIELD_READ || row->kind == REF_FIELD_WRITE ||
	       row->kind == REF_FIELD_ADDRESS || row->kind == REF_MACRO;
}

static void merge_uses(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag bag = {.size = sizeof(struct use_row)};
	for (uint32_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		for (uint32_t i = 0; i < chunk->facts.references_count; i++) {
			const struct facts_reference *row = &chunk->facts.references[i];
			if (!is_use(row))
				continue;
			struct use_row *to = bag_add(&bag);
			to->chunk = c;
			to->row = (struct graph_use){
				.from = to_graph(merge, chunk, row->from_symbol), .from_file = merge->file_map[chunk->file],
				.to = to_graph(merge, chunk, row->to_symbol), .kind = (uint8_t)row->kind, .sites = row->sites,
				.line = row->line,
			};
		}
	}
	uint32_t count;
	bag.rows = bag_finish(&bag, compare_uses_in_chunk, unite_uses_in_chunk, &count);
	bag.count = count;
	struct use_row *rows = bag_finish(&bag, compare_uses, unite_uses, &count);
	graph->uses = mem_zalloc((size_t)count + 1, sizeof *graph->uses);
	for (uint32_t i = 0; i < count; i++)
		if (rows[i].row.to != GRAPH_NONE)
			graph->uses[graph->use_count++] = rows[i].row;
	free(rows);
}

/* ---- includes, literals ---- */

static int compare_includes(const void *a, const void *b)
{
	const struct graph_include *x = a, *y = b;
	ORDER(x->file, y->file);
	ORDER(x->line, y->line);
	return strcmp(x->spelled, y->spelled);
}

static void unite_includes(void *into, const void *row)
{
	struct graph_include *x = into;
	const struct graph_include *y = row;
	uint32_t used = (x->flags | y->flags) & INCLUDE_USED;
	if (x->flags & INCLUDE_MISSING)
		*x = *y; /* found in another unit */
	x->flags |= used;
}

static int compare_literals(const void *a, const void *b)
{
	const struct graph_literal *x = a, *y = b;
	ORDER(x->from, y->from);
	ORDER(x->callee, y->callee);
	ORDER(x->argument, y->argument);
	ORDER(x->line, y->line);
	return strcmp(x->text, y->text);
}

static void merge_includes(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag includes = {.size = sizeof(struct graph_include)}, literals = {.size = sizeof(struct graph_literal)};
	for (size_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		const struct facts *facts = &chunk->facts;
		for (uint32_t i = 0; i < facts->includes_count; i++) {
			const struct facts_include *row = &facts->includes[i];
			const char *name = facts->strings[row->file_string];
			uint32_t target;
			bool inside = !(row->flags & (INCLUDE_OUTSIDE | INCLUDE_MISSING)) &&
				      interner_find(merge->linker->paths, name, strlen(name), &target);
			struct graph_include *to = bag_add(&includes);
			*to = (struct graph_include){merge->file_map[chunk->file], inside ? merge->file_map[target] : GRAPH_NONE, name,
						     row->line, row->flags};
		}
		for (uint32_t i = 0; i < facts->literals_count; i++) {
			const struct facts_literal *row = &facts->literals[i];
			struct graph_literal *to = bag_add(&literals);
			*to = (struct graph_literal){to_graph(merge, chunk, row->from_symbol), to_graph(merge, chunk, row->callee_symbol),
						     row->argument, row->line, facts->strings[row->text_string]};
		}
	}
	graph->includes = bag_finish(&includes, compare_includes, unite_includes, &graph->include_count);
	for (uint32_t i = 0; i < graph->include_count; i++)
		graph->includes[i].spelled = keep(merge, graph->includes[i].spelled);
	graph->literals = bag_finish(&literals, compare_literals, NULL, &graph->literal_count);
	for (uint32_t i = 0; i < graph->literal_count; i++)
		graph->literals[i].text = keep(merge, graph->literals[i].text);
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
	const struct graph_region *x = a, *y = b;
	ORDER(x->file, y->file);
	ORDER(x->line, y->line);
	ORDER(x->end_line, y->end_line);
	return 0;
}

static int compare_chunks(const void *a, const void *b)
{
	const struct link_chunk *x = *(struct link_chunk *const *)a, *y = *(struct link_chunk *const *)b;
	ORDER(x->file, y->file);
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
		graph->regions[i].condition = keep(merge, graph->regions[i].condition);
	for (uint32_t i = 0; i < graph->file_count; i++)
		graph->lines_total += graph->files[i].lines;
}

/* ---- function pointer flow ---- */

static uint32_t merge_slot(struct merge *merge, const struct link_chunk *chunk, uint32_t slot, struct interner *slots,
			   int depth)
{
	const struct facts_slot *row = &chunk->facts.slots[slot];
	struct graph_slot to = {.kind = (uint8_t)row->kind, .owner = GRAPH_NONE, .index = row->index, .through = GRAPH_NONE};
	if (row->owner_symbol != FACTS_NONE)
		to.owner = to_graph(merge, chunk, row->owner_symbol);
	if (row->through_slot != FACTS_NONE && depth < 16)
		to.through = merge_slot(merge, chunk, row->through_slot, slots, depth + 1);
	unsigned char key[16];
	memset(key, 0, sizeof key);
	key[0] = to.kind;
	memcpy(key + 4, &to.owner, 4);
	memcpy(key + 8, &to.index, 4);
	memcpy(key + 12, &to.through, 4);
	return interner_add(slots, (const char *)key, sizeof key);
}

static int compare_flows(const void *a, const void *b)
{
	const struct graph_flow *x = a, *y = b;
	ORDER(x->target, y->target);
	ORDER(x->source, y->source);
	return 0;
}

struct icall_row { struct graph_icall row; uint64_t mask; uint32_t linker_file, chunk; };

static int compare_icalls(const void *a, const void *b)
{
	const struct icall_row *x = a, *y = b;
	ORDER(x->row.caller, y->row.caller);
	ORDER(x->row.slot, y->row.slot);
	return strcmp(x->row.signature, y->row.signature);
}

static void unite_icalls(void *into, const void *row)
{
	struct icall_row *x = into;
	const struct icall_row *y = row;
	x->mask |= y->mask;
	x->row.sites = y->row.sites > x->row.sites ? y->row.sites : x->row.sites;
	x->row.arguments = y->row.arguments > x->row.arguments ? y->row.arguments : x->row.arguments;
	x->row.line = y->row.line < x->row.line ? y->row.line : x->row.line;
}

static void merge_flows(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct interner *slots = interner_create();
	struct bag flows = {.size = sizeof(struct graph_flow)}, icalls = {.size = sizeof(struct icall_row)};
	for (uint32_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		const struct facts *facts = &chunk->facts;
		uint32_t *map = mem_alloc(((size_t)facts->slots_count + 1) * sizeof *map);
		for (uint32_t i = 0; i < facts->slots_count; i++)
			map[i] = merge_slot(merge, chunk, i, slots, 0);
		for (uint32_t i = 0; i < facts->flows_count; i++) {
			struct graph_flow *to = bag_add(&flows);
			*to = (struct graph_flow){map[facts->flows[i].target_slot], map[facts->flows[i].source_slot]};
		}
		for (uint32_t i = 0; i < facts->icalls_count; i++) {
			const struct facts_icall *row = &facts->icalls[i];
			uint32_t caller = to_graph(merge, chunk, row->from_symbol);
			if (caller == GRAPH_NONE || graph->symbols[caller].kind != SYMBOL_FUNCTION)
				continue;
			struct icall_row *to = bag_add(&icalls);
			to->mask = chunk->configurations;
			to->linker_file = chunk->file;
			to->row = (struct graph_icall){
				.caller = caller, .slot = map[row->slot], .file = merge->file_map[chunk->file],
				.signature = facts->strings[row->signature_string], .arguments = row->arguments, .sites = row->sites,
				.line = row->line,
			};
		}
		free(map);
	}
	graph->slot_count = interner_count(slots);
	graph->slots = mem_zalloc((size_t)graph->slot_count + 1, sizeof *graph->slots);
	for (uint32_t i = 0; i < graph->slot_count; i++) {
		const char *key = interner_text(slots, i);
		graph->slots[i].kind = (uint8_t)key[0];
		memcpy(&graph->slots[i].owner, key + 4, 4);
		memcpy(&graph->slots[i].index, key + 8, 4);
		memcpy(&graph->slots[i].through, key + 12, 4);
	}
	interner_destroy(slots);
	graph->flows = bag_finish(&flows, compare_flows, NULL, &graph->flow_count);
	uint32_t count;
	struct icall_row *rows = bag_finish(&icalls, compare_icalls, unite_icalls, &count);
	graph->icalls = mem_zalloc((size_t)count + 1, sizeof *graph->icalls);
	graph->icall_count = count;
	for (uint32_t i = 0; i < count; i++) {
		graph->icalls[i] = rows[i].row;
		graph->icalls[i].signature = keep(merge, graph->icalls[i].signature);
		graph->icalls[i].configurations = configuration_set(merge, rows[i].linker_file, rows[i].mask);
	}
	free(rows);
}

void graph_merge(struct graph *graph, struct linker *linker, char ***per_file_configurations)
{
	struct merge merge = {.graph = graph, .linker = linker, .configurations = per_file_configurations,
			      .configuration_sets = interner_create()};
	interner_add(merge.configuration_sets, "", 0); /* 0: all */
	merge_files(&merge);
	merge_symbols(&merge);
	merge_functions(&merge);
	merge_definitions(&merge);
	merge_calls(&merge);
	merge_uses(&merge);
	merge_includes(&merge);
	merge_regions(&merge);
	merge_flows(&merge);
	graph->configuration_count = interner_count(merge.configuration_sets);
	graph->configurations = mem_zalloc((size_t)graph->configuration_count + 1, sizeof *graph->configurations);
	for (uint32_t i = 0; i < graph->configuration_count; i++)
		graph->configurations[i] = keep(&merge, interner_text(merge.configuration_sets, i));
	interner_destroy(merge.configuration_sets);
	free(merge.file_map);
	free(merge.symbol_map);
}
