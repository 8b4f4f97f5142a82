/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging who calls, uses and includes what. */
#include "graph/merge_rows.h"

#include <stdlib.h>
#include <string.h>

/* ---- calls ---- */

struct call_row { struct graph_call row; uint64_t mask; uint32_t linker_file, chunk; };

static int compare_calls(const void *a, const void *b)
{
	int order;
	const struct call_row *x = a, *y = b;
	if ((order = merge_order(x->row.caller, y->row.caller)))
		return order;
	if ((order = merge_order(x->row.callee, y->row.callee)))
		return order;
	return 0;
}

static uint64_t call_key(const void *row, unsigned part)
{
	const struct call_row *x = row;
	return part ? x->chunk : (uint64_t)x->row.caller << 32 | x->row.callee;
}

static int compare_calls_in_chunk(const void *a, const void *b)
{
	int order = compare_calls(a, b);
	if (order)
		return order;
	const struct call_row *x = a, *y = b;
	if ((order = merge_order(x->chunk, y->chunk)))
		return order;
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
	uint32_t caller = merge_symbol(merge, chunk, reference->from_symbol), targets[64];
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

void merge_calls(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag bag = {.size = sizeof(struct call_row), .parts = 2, .key = call_key};
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
		graph->calls[i].configurations = merge_configurations(merge, rows[i].linker_file, rows[i].mask);
	}
	free(rows);
}

/* ---- uses ---- */

struct use_row { struct graph_use row; uint32_t chunk; };

static int compare_uses(const void *a, const void *b)
{
	int order;
	const struct use_row *x = a, *y = b;
	if ((order = merge_order(x->row.from, y->row.from)))
		return order;
	if ((order = merge_order(x->row.to, y->row.to)))
		return order;
	if ((order = merge_order(x->row.kind, y->row.kind)))
		return order;
	if ((order = merge_order(x->row.from_file, y->row.from_file)))
		return order;
	return 0;
}

static uint64_t use_key(const void *row, unsigned part)
{
	const struct use_row *x = row;
	return part == 2 ? x->chunk : part ? (uint64_t)x->row.kind << 32 | x->row.from_file : (uint64_t)x->row.from << 32 | x->row.to;
}

static int compare_uses_in_chunk(const void *a, const void *b)
{
	int order = compare_uses(a, b);
	if (order)
		return order;
	const struct use_row *x = a, *y = b;
	if ((order = merge_order(x->chunk, y->chunk)))
		return order;
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

void merge_uses(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag bag = {.size = sizeof(struct use_row), .parts = 3, .key = use_key};
	for (uint32_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		for (uint32_t i = 0; i < chunk->facts.references_count; i++) {
			const struct facts_reference *row = &chunk->facts.references[i];
			if (!is_use(row))
				continue;
			struct use_row *to = bag_add(&bag);
			to->chunk = c;
			to->row = (struct graph_use){
				.from = merge_symbol(merge, chunk, row->from_symbol), .from_file = merge->file_map[chunk->file],
				.to = merge_symbol(merge, chunk, row->to_symbol), .kind = (uint8_t)row->kind, .sites = row->sites,
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
	int order;
	const struct graph_include *x = a, *y = b;
	if ((order = merge_order(x->file, y->file)))
		return order;
	if ((order = merge_order(x->line, y->line)))
		return order;
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
	int order;
	const struct graph_literal *x = a, *y = b;
	if ((order = merge_order(x->from, y->from)))
		return order;
	if ((order = merge_order(x->callee, y->callee)))
		return order;
	if ((order = merge_order(x->argument, y->argument)))
		return order;
	if ((order = merge_order(x->line, y->line)))
		return order;
	return strcmp(x->text, y->text);
}

/* Whether the C library's headers ask for a macro of that name (feature_test_macros(7)): no code of ours uses it, and yet a
 * header that defines it does its work. */
static bool is_feature_test(const char *name)
{
	static const char *const names[] = {"_FILE_OFFSET_BITS", "_TIME_BITS", "_REENTRANT", "_THREAD_SAFE", "__EXTENSIONS__", "NDEBUG",
					    "__STDC_FORMAT_MACROS", "__STDC_LIMIT_MACROS", "__STDC_CONSTANT_MACROS"};
	size_t length = strlen(name);
	if (name[0] == '_' && length > 7 && !strcmp(name + length - 7, "_SOURCE"))
		return true;
	if (!strncmp(name, "__STDC_WANT_", 12))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void mark_feature_headers(struct graph *graph)
{
	bool *configures = mem_zalloc((size_t)graph->file_count + 1, sizeof *configures);
	for (uint32_t i = 0; i < graph->macro_count; i++)
		configures[graph->macros[i].file] |= is_feature_test(graph->symbols[graph->macros[i].symbol].name);
	for (uint32_t i = 0; i < graph->include_count; i++)
		if (graph->includes[i].target != GRAPH_NONE && configures[graph->includes[i].target])
			graph->includes[i].flags |= INCLUDE_USED;
	free(configures);
}

void merge_includes(struct merge *merge)
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
			*to = (struct graph_literal){merge_symbol(merge, chunk, row->from_symbol), merge_symbol(merge, chunk, row->callee_symbol),
						     row->argument, row->line, facts->strings[row->text_string]};
		}
	}
	graph->includes = bag_finish(&includes, compare_includes, unite_includes, &graph->include_count);
	for (uint32_t i = 0; i < graph->include_count; i++)
		graph->includes[i].spelled = merge_text(merge, graph->includes[i].spelled);
	mark_feature_headers(graph);
	graph->literals = bag_finish(&literals, compare_literals, NULL, &graph->literal_count);
	for (uint32_t i = 0; i < graph->literal_count; i++)
		graph->literals[i].text = merge_text(merge, graph->literals[i].text);
}
