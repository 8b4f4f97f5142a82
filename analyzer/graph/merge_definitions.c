/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging what is defined: functions, variables, types, macros; and where functions and variables are declared. */
#include "graph/merge_rows.h"

#include <stdlib.h>
#include <string.h>

/* Functions and calls carry a mask of configurations until all chunks are in. */
struct function_row { struct graph_function row; uint64_t mask; uint32_t linker_file; };

static int compare_functions(const void *a, const void *b)
{
	int order;
	const struct function_row *x = a, *y = b;
	if ((order = merge_order(x->row.symbol, y->row.symbol)))
		return order;
	return 0;
}

static int compare_functions_by_line(const void *a, const void *b)
{
	int order;
	const struct function_row *x = a, *y = b;
	if ((order = merge_order(x->row.symbol, y->row.symbol)))
		return order;
	if ((order = merge_order(x->row.line, y->row.line)))
		return order;
	if ((order = merge_order(x->row.end_line, y->row.end_line)))
		return order;
	if ((order = merge_order(x->row.cyclomatic, y->row.cyclomatic)))
		return order;
	if ((order = merge_order(x->mask, y->mask)))
		return order;
	return 0;
}

static void unite_functions(void *into, const void *row)
{
	struct function_row *x = into;
	const struct function_row *y = row;
	x->mask |= y->mask;
	x->row.flags |= y->row.flags & ~(uint32_t)FUNCTION_INLINE_ONLY;
}

/* Whether a definition in a file is the one that the linker takes: a weak one is not where there is a strong one elsewhere, though both
 * are of one symbol. */
static bool is_taken(const struct merge *merge, uint32_t symbol, uint32_t file)
{
	const struct graph_symbol *it = &merge->graph->symbols[symbol];
	return !it->is_defined || it->file == GRAPH_NONE || it->file == file;
}

void merge_functions(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag bag = {.size = sizeof(struct function_row)};
	for (size_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		for (uint32_t i = 0; i < chunk->facts.functions_count; i++) {
			const struct facts_function *row = &chunk->facts.functions[i];
			uint32_t symbol = merge_symbol(merge, chunk, row->symbol);
			if (!(row->flags & FUNCTION_DEFINITION) || symbol == GRAPH_NONE ||
			    !is_taken(merge, symbol, merge->file_map[chunk->file]))
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
		to->source_name = to->source_name ? merge_text(merge, to->source_name) : NULL;
		to->signature = merge_text(merge, to->signature);
		to->configurations = merge_configurations(merge, rows[i].linker_file, rows[i].mask);
		graph->function_of[to->symbol] = i;
	}
	free(rows);
}

static int compare_variables(const void *a, const void *b)
{
	int order;
	const struct graph_variable *x = a, *y = b;
	if ((order = merge_order(x->symbol, y->symbol)))
		return order;
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
	int order;
	const struct graph_type *x = a, *y = b;
	if ((order = merge_order(x->symbol, y->symbol)))
		return order;
	return 0;
}

static void unite_types(void *into, const void *row)
{
	struct graph_type *x = into;
	const struct graph_type *y = row;
	if (y->line < x->line || (y->line == x->line && strcmp(y->layout, x->layout) < 0))
		*x = *y;
}

static int compare_macros(const void *a, const void *b)
{
	int order;
	const struct graph_macro *x = a, *y = b;
	if ((order = merge_order(x->symbol, y->symbol)))
		return order;
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
	int order;
	const struct graph_declaration *x = a, *y = b;
	if ((order = merge_order(x->symbol, y->symbol)))
		return order;
	if ((order = merge_order(x->file, y->file)))
		return order;
	if ((order = merge_order(x->line, y->line)))
		return order;
	if ((order = merge_order(x->is_definition, y->is_definition)))
		return order;
	return 0;
}

static const char *merge_typedef(struct merge *merge, const char *underlying)
{
	size_t length = strlen(underlying);
	char *layout = arena_alloc(merge->graph->arena, length + 3);
	layout[0] = '\t';
	memcpy(layout + 1, underlying, length);
	memcpy(layout + 1 + length, "\n", 2);
	return layout;
}

void merge_definitions(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct bag variables = {.size = sizeof(struct graph_variable)}, types = {.size = sizeof(struct graph_type)};
	struct bag macros = {.size = sizeof(struct graph_macro)}, declarations = {.size = sizeof(struct graph_declaration)};
	for (size_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		const struct facts *facts = &chunk->facts;
		uint32_t file = merge->file_map[chunk->file];
		for (uint32_t i = 0; i < facts->functions_count; i++) {
			if (facts->functions[i].flags & FUNCTION_IMPLICIT)
				continue; /* a call: nobody wrote it */
			struct graph_declaration *to = bag_add(&declarations);
			*to = (struct graph_declaration){merge_symbol(merge, chunk, facts->functions[i].symbol), file,
							 facts->functions[i].line,
							 facts->functions[i].flags & FUNCTION_DEFINITION};
		}
		for (uint32_t i = 0; i < facts->variables_count; i++) {
			const struct facts_variable *row = &facts->variables[i];
			uint32_t symbol = merge_symbol(merge, chunk, row->symbol);
			struct graph_declaration *declaration = bag_add(&declarations);
			*declaration = (struct graph_declaration){symbol, file, row->line, row->flags & VARIABLE_DEFINITION};
			if (row->flags & VARIABLE_DEFINITION && (symbol == GRAPH_NONE || is_taken(merge, symbol, file))) {
				struct graph_variable *to = bag_add(&variables);
				*to = (struct graph_variable){symbol, file, facts->strings[row->type_string], row->line, row->flags};
			}
		}
		for (uint32_t i = 0; i < facts->types_count; i++) {
			const struct facts_type *row = &facts->types[i];
			if (!(row->flags & TYPE_DEFINITION))
				continue;
			struct graph_type *to = bag_add(&types);
			*to = (struct graph_type){merge_symbol(merge, chunk, row->symbol), file, row->line, row->end_line, 0, row->flags, 0,
						  row->underlying_string == FACTS_NONE ? "" : facts->strings[row->underlying_string]};
		}
		for (uint32_t i = 0; i < facts->macros_count; i++) {
			const struct facts_macro *row = &facts->macros[i];
			struct graph_macro *to = bag_add(&macros);
			*to = (struct graph_macro){merge_symbol(merge, chunk, row->symbol), file, row->line, row->end_line, row->flags};
		}
	}
	graph->variables = bag_finish(&variables, compare_variables, unite_variables, &graph->variable_count);
	for (uint32_t i = 0; i < graph->variable_count; i++)
		graph->variables[i].type = merge_text(merge, graph->variables[i].type);
	graph->types = bag_finish(&types, compare_types, unite_types, &graph->type_count);
	for (uint32_t i = 0; i < graph->type_count; i++) /* typedefs; the others' are made of their members */
		graph->types[i].layout = *graph->types[i].layout ? merge_typedef(merge, graph->types[i].layout) : "";
	graph->macros = bag_finish(&macros, compare_macros, unite_macros, &graph->macro_count);
	graph->declarations = bag_finish(&declarations, compare_declarations, NULL, &graph->declaration_count);
	/* Members name their record by symbol: count them there. */
	bool *holds_function = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *holds_function);
	for (size_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		for (uint32_t i = 0; i < chunk->facts.fields_count; i++) {
			uint32_t symbol = merge_symbol(merge, chunk, chunk->facts.fields[i].symbol);
			if (symbol != GRAPH_NONE && (chunk->facts.fields[i].flags & FIELD_FUNCTION_POINTER))
				holds_function[symbol] = true;
		}
	}
	for (uint32_t i = 0; i < graph->symbol_count; i++) {
		const struct graph_symbol *symbol = &graph->symbols[i];
		if ((symbol->kind != SYMBOL_FIELD && symbol->kind != SYMBOL_ENUMERATOR) || symbol->parent == GRAPH_NONE)
			continue;
		struct graph_type key = {.symbol = symbol->parent};
		struct graph_type *type = bsearch(&key, graph->types, graph->type_count, sizeof key, compare_types);
		if (type) {
			type->fields++;
			type->function_fields += holds_function[i];
		}
	}
	free(holds_function);
}
