/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging what types consist of, as text: what two releases are compared by. */
#include "graph/merge_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define LAYOUT_BYTES ((size_t)1 << 20) /* of one type: what is longer was not written by people */

struct layout_row { uint32_t parent, index, symbol; const char *type; };

static int compare_rows(const void *a, const void *b)
{
	const struct layout_row *x = a, *y = b;
	int order;
	if ((order = merge_order(x->parent, y->parent)) || (order = merge_order(x->index, y->index)) ||
	    (order = merge_order(x->symbol, y->symbol)))
		return order;
	return strcmp(x->type, y->type);
}

/* The member's own name: "record.field" without the record's. */
static const char *member_name(const struct graph *graph, const struct layout_row *row)
{
	const char *name = graph->symbols[row->symbol].name;
	size_t length = strlen(graph->symbols[row->parent].name);
	return !strncmp(name, graph->symbols[row->parent].name, length) && name[length] == '.' ? name + length + 1 : name;
}

static int compare_symbols(const void *a, const void *b)
{
	return merge_order(((const struct graph_type *)a)->symbol, ((const struct graph_type *)b)->symbol);
}

/* One line per member; where configurations differ, a member stands where it stands first, with the type it has there. */
static void write_layout(struct merge *merge, const struct layout_row *rows, size_t count)
{
	struct graph *graph = merge->graph;
	struct graph_type key = {.symbol = rows->parent};
	struct graph_type *type = bsearch(&key, graph->types, graph->type_count, sizeof key, compare_symbols);
	if (!type)
		return;
	struct buf text;
	struct map64 *told = map64_create();
	buf_init(&text, LAYOUT_BYTES);
	for (size_t i = 0; i < count; i++) {
		uint32_t ignored;
		if (map64_get(told, rows[i].symbol, &ignored))
			continue;
		map64_put(told, rows[i].symbol, 1);
		buf_printf(&text, "%s\t%s\n", member_name(graph, &rows[i]), rows[i].type);
	}
	if (text.length && !text.overflow)
		type->layout = arena_strndup(graph->arena, text.data, text.length);
	buf_finish(&text);
	map64_destroy(told);
}

void merge_layouts(struct merge *merge)
{
	struct bag bag = {.size = sizeof(struct layout_row)};
	struct graph *graph = merge->graph;
	for (size_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		for (uint32_t i = 0; i < chunk->facts.fields_count; i++) {
			const struct facts_field *field = &chunk->facts.fields[i];
			uint32_t symbol = merge_symbol(merge, chunk, field->symbol);
			if (symbol == GRAPH_NONE || graph->symbols[symbol].parent == GRAPH_NONE)
				continue;
			struct layout_row *row = bag_add(&bag);
			*row = (struct layout_row){graph->symbols[symbol].parent, field->index, symbol, chunk->facts.strings[field->type_string]};
		}
	}
	uint32_t count = 0;
	struct layout_row *rows = bag_finish(&bag, compare_rows, NULL, &count);
	for (uint32_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && rows[end].parent == rows[i].parent; end++)
			;
		write_layout(merge, rows + i, end - i);
	}
	free(rows);
}
