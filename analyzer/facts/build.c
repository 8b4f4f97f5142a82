/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The builder: collects rows in visiting order, and makes them canonical. Knows nothing of where rows come from. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "facts/codec.h"
#include "facts/shape.h"
#include "facts/wire.h"

struct rows {
	uint32_t *values;
	size_t capacity; /* in values */
	uint32_t count;  /* in rows */
};

struct facts_builder {
	struct interner *strings;
	struct interner *symbols; /* bytes of struct facts_symbol */
	struct interner *slots;   /* bytes of struct facts_slot */
	struct rows tables[FACTS_TABLE_COUNT];
	struct buf scratch;
};

static void facts_builder_open(struct facts_builder *builder)
{
	builder->strings = interner_create();
	builder->symbols = interner_create();
	builder->slots = interner_create();
}

static void facts_builder_close(struct facts_builder *builder)
{
	interner_destroy(builder->strings);
	interner_destroy(builder->symbols);
	interner_destroy(builder->slots);
}

struct facts_builder *facts_builder_create(void)
{
	struct facts_builder *builder = mem_zalloc(1, sizeof *builder);
	buf_init(&builder->scratch, BUF_NO_CEILING);
	facts_builder_open(builder);
	return builder;
}

void facts_builder_destroy(struct facts_builder *builder)
{
	if (!builder)
		return;
	facts_builder_close(builder);
	for (int table = 0; table < FACTS_TABLE_COUNT; table++)
		free(builder->tables[table].values);
	buf_finish(&builder->scratch);
	free(builder);
}

uint32_t facts_builder_string(struct facts_builder *builder, const char *text, size_t length)
{
	return wire_intern(builder->strings, &builder->scratch, text, length);
}

uint32_t facts_builder_symbol(struct facts_builder *builder, const struct facts_symbol *symbol)
{
	return interner_add(builder->symbols, (const char *)symbol, sizeof *symbol);
}

uint32_t facts_builder_slot(struct facts_builder *builder, const struct facts_slot *slot)
{
	return interner_add(builder->slots, (const char *)slot, sizeof *slot);
}

void facts_builder_add(struct facts_builder *builder, enum facts_table table, const void *row)
{
	struct rows *rows = &builder->tables[table];
	uint32_t columns = facts_shape(table).columns;
	mem_grow(&rows->values, &rows->capacity, ((size_t)rows->count + 1) * columns, sizeof *rows->values);
	memcpy(rows->values + (size_t)rows->count * columns, row, columns * sizeof *rows->values);
	rows->count++;
}

/* Canonical numbering of one kind of thing: keep[old] marks what is used, rank[old] becomes the new index. */
struct numbering {
	uint32_t *rank;
	uint32_t *order; /* new index -> old id */
	uint32_t count;
	bool *used;
};

struct canon {
	struct facts_builder *builder;
	struct numbering strings, symbols, slots;
};

static const struct facts_symbol *symbol_at(const struct canon *canon, uint32_t id)
{
	return (const void *)interner_text(canon->builder->symbols, id);
}

static const struct facts_slot *slot_at(const struct canon *canon, uint32_t id)
{
	return (const void *)interner_text(canon->builder->slots, id);
}

static void mark_string(struct canon *canon, uint32_t id)
{
	if (id != FACTS_NONE)
		canon->strings.used[id] = true;
}

static void mark_symbol(struct canon *canon, uint32_t id)
{
	while (id != FACTS_NONE && !canon->symbols.used[id]) {
		const struct facts_symbol *symbol = symbol_at(canon, id);
		canon->symbols.used[id] = true;
		mark_string(canon, symbol->name_string);
		mark_string(canon, symbol->file_string);
		id = symbol->parent_symbol;
	}
}

static void mark_slot(struct canon *canon, uint32_t id)
{
	while (id != FACTS_NONE && !canon->slots.used[id]) {
		const struct facts_slot *slot = slot_at(canon, id);
		canon->slots.used[id] = true;
		mark_symbol(canon, slot->owner_symbol);
		id = slot->through_slot;
	}
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static uint32_t rank_of(const struct numbering *numbering, uint32_t id)
{
	return id == FACTS_NONE ? FACTS_NONE : numbering->rank[id];
}

static int compare_symbols(const struct canon *canon, uint32_t a, uint32_t b)
{
	while (a != b) {
		if (a == FACTS_NONE || b == FACTS_NONE)
			return compare_numbers(a, b);
		const struct facts_symbol *x = symbol_at(canon, a), *y = symbol_at(canon, b);
		int order = compare_numbers(x->kind, y->kind);
		if (!order)
			order = compare_numbers(x->scope, y->scope);
		if (!order)
			order = compare_numbers(rank_of(&canon->strings, x->name_string), rank_of(&canon->strings, y->name_string));
		if (!order)
			order = compare_numbers(rank_of(&canon->strings, x->file_string), rank_of(&canon->strings, y->file_string));
		if (!order)
			order = compare_numbers(x->ordinal, y->ordinal);
		if (order)
			return order;
		a = x->parent_symbol;
		b = y->parent_symbol;
	}
	return 0;
}

static int compare_slots(const struct canon *canon, uint32_t a, uint32_t b)
{
	while (a != b) {
		if (a == FACTS_NONE || b == FACTS_NONE)
			return compare_numbers(a, b);
		const struct facts_slot *x = slot_at(canon, a), *y = slot_at(canon, b);
		int order = compare_numbers(x->kind, y->kind);
		if (!order)
			order = compare_numbers(rank_of(&canon->symbols, x->owner_symbol), rank_of(&canon->symbols, y->owner_symbol));
		if (!order)
			order = compare_numbers(x->index, y->index);
		if (order)
			return order;
		a = x->through_slot;
		b = y->through_slot;
	}
	return 0;
}

static int compare_string_ids(const void *a, const void *b, void *context)
{
	const struct canon *canon = context;
	return strcmp(interner_text(canon->builder->strings, *(const uint32_t *)a),
		      interner_text(canon->builder->strings, *(const uint32_t *)b));
}

static int compare_symbol_ids(const void *a, const void *b, void *context)
{
	return compare_symbols(context, *(const uint32_t *)a, *(const uint32_t *)b);
}

static int compare_slot_ids(const void *a, const void *b, void *context)
{
	return compare_slots(context, *(const uint32_t *)a, *(const uint32_t *)b);
}

static void numbering_init(struct numbering *numbering, uint32_t count)
{
	numbering->rank = mem_alloc(count * sizeof *numbering->rank);
	numbering->order = mem_alloc(count * sizeof *numbering->order);
	numbering->used = mem_zalloc(count, sizeof *numbering->used);
	numbering->count = 0;
}

static void numbering_finish(struct numbering *numbering)
{
	free(numbering->rank);
	free(numbering->order);
	free(numbering->used);
}

static void numbering_sort(struct canon *canon, struct numbering *numbering, uint32_t total,
			   int (*compare)(const void *, const void *, void *))
{
	for (uint32_t id = 0; id < total; id++)
		if (numbering->used[id])
			numbering->order[numbering->count++] = id;
	qsort_r(numbering->order, numbering->count, sizeof *numbering->order, compare, canon);
	for (uint32_t i = 0; i < numbering->count; i++)
		numbering->rank[numbering->order[i]] = i;
}

static void mark_rows(struct canon *canon)
{
	for (int table = 0; table < FACTS_TABLE_COUNT; table++) {
		struct facts_shape shape = facts_shape(table);
		const struct rows *rows = &canon->builder->tables[table];
		for (size_t i = 0; i < (size_t)rows->count * shape.columns; i++) {
			switch (shape.kinds[i % shape.columns]) {
			case 's': case 'S': mark_string(canon, rows->values[i]); break;
			case 'y': case 'Y': mark_symbol(canon, rows->values[i]); break;
			case 'l': case 'L': mark_slot(canon, rows->values[i]); break;
			}
		}
	}
}

static void remap_row(const struct canon *canon, const char *kinds, uint32_t columns, uint32_t *row)
{
	for (uint32_t column = 0; column < columns; column++) {
		switch (kinds[column]) {
		case 's': case 'S': row[column] = rank_of(&canon->strings, row[column]); break;
		case 'y': case 'Y': row[column] = rank_of(&canon->symbols, row[column]); break;
		case 'l': case 'L': row[column] = rank_of(&canon->slots, row[column]); break;
		}
	}
}

static int compare_rows(const void *a, const void *b, void *context)
{
	const uint32_t *x = a, *y = b, columns = *(const uint32_t *)context;
	for (uint32_t i = 0; i < columns; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

static uint32_t saturating_sum(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - 1 - b ? UINT32_MAX - 1 : a + b;
}

static void merge_row(const struct facts_shape *shape, uint32_t *into, const uint32_t *row)
{
	for (uint32_t i = shape->key; i < shape->columns; i++) {
		switch (shape->merge[i - shape->key]) {
		case '+': into[i] = saturating_sum(into[i], row[i]); break;
		case '<': if (row[i] < into[i]) into[i] = row[i]; break;
		case '>': if (row[i] > into[i]) into[i] = row[i]; break;
		}
	}
}

static void canonical_rows(const struct canon *canon, int table)
{
	struct facts_shape shape = facts_shape(table);
	struct rows *rows = &canon->builder->tables[table];
	for (uint32_t i = 0; i < rows->count; i++)
		remap_row(canon, shape.kinds, shape.columns, rows->values + (size_t)i * shape.columns);
	if (rows->count)
		qsort_r(rows->values, rows->count, shape.columns * sizeof *rows->values, compare_rows, &shape.columns);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < rows->count; i++) {
		const uint32_t *row = rows->values + (size_t)i * shape.columns;
		uint32_t *last = kept ? rows->values + (size_t)(kept - 1) * shape.columns : NULL;
		if (last && compare_rows(last, row, &shape.key) == 0)
			merge_row(&shape, last, row);
		else
			memmove(rows->values + (size_t)kept++ * shape.columns, row, shape.columns * sizeof *row);
	}
	rows->count = kept;
}

static void symbols_and_slots_to_rows(struct canon *canon)
{
	struct facts_builder *builder = canon->builder;
	for (uint32_t i = 0; i < canon->symbols.count; i++)
		facts_builder_add(builder, FACTS_TABLE_symbols, symbol_at(canon, canon->symbols.order[i]));
	for (uint32_t i = 0; i < canon->slots.count; i++)
		facts_builder_add(builder, FACTS_TABLE_slots, slot_at(canon, canon->slots.order[i]));
	for (int table = FACTS_TABLE_symbols; table <= FACTS_TABLE_slots; table++) {
		struct facts_shape shape = facts_shape(table);
		struct rows *rows = &builder->tables[table];
		for (uint32_t i = 0; i < rows->count; i++)
			remap_row(canon, shape.kinds, shape.columns, rows->values + (size_t)i * shape.columns);
	}
}

void facts_builder_finish(struct facts_builder *builder, struct buf *out)
{
	struct canon canon = {.builder = builder};
	uint32_t strings = interner_count(builder->strings);
	numbering_init(&canon.strings, strings);
	numbering_init(&canon.symbols, interner_count(builder->symbols));
	numbering_init(&canon.slots, interner_count(builder->slots));
	mark_rows(&canon);
	numbering_sort(&canon, &canon.strings, strings, compare_string_ids);
	numbering_sort(&canon, &canon.symbols, interner_count(builder->symbols), compare_symbol_ids);
	numbering_sort(&canon, &canon.slots, interner_count(builder->slots), compare_slot_ids);
	symbols_and_slots_to_rows(&canon);
	for (int table = FACTS_TABLE_slots + 1; table < FACTS_TABLE_COUNT; table++)
		canonical_rows(&canon, table);

	struct facts facts = {.string_count = canon.strings.count};
	facts.strings = mem_alloc(((size_t)canon.strings.count + 1) * sizeof *facts.strings);
	for (uint32_t i = 0; i < canon.strings.count; i++)
		facts.strings[i] = interner_text(builder->strings, canon.strings.order[i]);
#define FACTS_FILL(name, type, columns, kinds)                                                 \
	facts.name = (const type *)(const void *)builder->tables[FACTS_TABLE_##name].values;   \
	facts.name##_count = builder->tables[FACTS_TABLE_##name].count;
	FACTS_TABLES(FACTS_FILL)
#undef FACTS_FILL
	facts_encode(&facts, out);

	free(facts.strings);
	numbering_finish(&canon.strings);
	numbering_finish(&canon.symbols);
	numbering_finish(&canon.slots);
	facts_builder_close(builder);
	facts_builder_open(builder);
	for (int table = 0; table < FACTS_TABLE_COUNT; table++)
		builder->tables[table].count = 0;
}
