/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The observation builder: collects rows in any order, merges equal keys as they come (memory follows the distinct keys,
 * not the number of trace files), and makes them canonical. Knows nothing of where rows come from. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "facts/observation_shape.h"
#include "facts/wire.h"

struct rows {
	struct interner *keys; /* bytes of the key columns; its ids are row numbers */
	uint64_t *values;      /* the columns behind the key */
	size_t capacity;       /* in values */
};

struct observation_builder {
	struct interner *strings;
	struct rows tables[OBSERVATION_TABLE_COUNT];
	struct buf scratch;
};

static void builder_open(struct observation_builder *builder)
{
	builder->strings = interner_create();
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++)
		builder->tables[table].keys = interner_create();
}

static void builder_close(struct observation_builder *builder)
{
	interner_destroy(builder->strings);
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++)
		interner_destroy(builder->tables[table].keys);
}

struct observation_builder *observation_builder_create(void)
{
	struct observation_builder *builder = mem_zalloc(1, sizeof *builder);
	buf_init(&builder->scratch, BUF_NO_CEILING);
	builder_open(builder);
	return builder;
}

void observation_builder_destroy(struct observation_builder *builder)
{
	if (!builder)
		return;
	builder_close(builder);
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++)
		free(builder->tables[table].values);
	buf_finish(&builder->scratch);
	free(builder);
}

uint64_t observation_builder_string(struct observation_builder *builder, const char *text, size_t length)
{
	return wire_intern(builder->strings, &builder->scratch, text, length);
}

static uint64_t merge_value(char how, uint64_t a, uint64_t b)
{
	switch (how) {
	case '+': return a > OBSERVATION_NONE - 1 - b || b == OBSERVATION_NONE ? OBSERVATION_NONE - 1 : a + b;
	case '<': return !a || (b && b < a) ? b : a; /* 0: not known */
	case '>': return a > b ? a : b;
	default: return a | b;
	}
}

/* A sum never becomes NONE. */
static uint64_t first_value(char how, uint64_t value)
{
	return how == '+' && value == OBSERVATION_NONE ? OBSERVATION_NONE - 1 : value;
}

uint64_t observation_builder_add(struct observation_builder *builder, enum observation_table table, const void *row)
{
	struct rows *rows = &builder->tables[table];
	const struct observation_shape *shape = &observation_shapes[table];
	const uint64_t *behind = (const uint64_t *)row + shape->key;
	uint32_t more = shape->columns - shape->key, before = interner_count(rows->keys);
	uint32_t id = interner_add(rows->keys, row, shape->key * sizeof(uint64_t));
	mem_grow(&rows->values, &rows->capacity, ((size_t)id + 1) * more, sizeof *rows->values);
	uint64_t *values = more ? rows->values + (size_t)id * more : NULL;
	for (uint32_t i = 0; i < more; i++)
		values[i] = id == before ? first_value(shape->merge[i], behind[i])
					 : merge_value(shape->merge[i], values[i], behind[i]);
	return id;
}

/* Canonical numbering: what was id in the builder becomes rank[id]. */
struct canon {
	const struct observation_builder *builder;
	uint64_t *ranks[OBSERVATION_TABLE_COUNT + 1]; /* the last: of strings; OBSERVATION_NONE where not used */
	uint64_t *rows[OBSERVATION_TABLE_COUNT];
	const char **strings;
	uint64_t string_count;
};

static int compare_string_ids(const void *a, const void *b, void *strings)
{
	return strcmp(interner_text(strings, *(const uint32_t *)a), interner_text(strings, *(const uint32_t *)b));
}

static void mark_strings(struct canon *canon)
{
	uint64_t *ranks = canon->ranks[OBSERVATION_TABLE_COUNT];
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++) {
		const struct observation_shape *shape = &observation_shapes[table];
		const struct rows *rows = &canon->builder->tables[table];
		for (uint32_t id = 0; id < interner_count(rows->keys); id++) {
			const char *key = interner_text(rows->keys, id);
			for (uint32_t column = 0; column < shape->key; column++) {
				uint64_t value;
				memcpy(&value, key + column * sizeof value, sizeof value);
				if (observation_target(shape->kinds[column]) == OBSERVATION_TABLE_COUNT && value != OBSERVATION_NONE)
					ranks[value] = 0;
			}
		}
	}
}

static void rank_strings(struct canon *canon)
{
	struct interner *strings = canon->builder->strings;
	uint32_t total = interner_count(strings);
	uint32_t *order = mem_alloc(((size_t)total + 1) * sizeof *order);
	uint64_t *ranks = canon->ranks[OBSERVATION_TABLE_COUNT] = mem_alloc(((size_t)total + 1) * sizeof *ranks);
	memset(ranks, 0xff, ((size_t)total + 1) * sizeof *ranks);
	mark_strings(canon);
	for (uint32_t id = 0; id < total; id++)
		if (ranks[id] != OBSERVATION_NONE)
			order[canon->string_count++] = id;
	qsort_r(order, canon->string_count, sizeof *order, compare_string_ids, strings);
	canon->strings = mem_alloc((canon->string_count + 1) * sizeof *canon->strings);
	for (uint64_t i = 0; i < canon->string_count; i++) {
		ranks[order[i]] = i;
		canon->strings[i] = interner_text(strings, order[i]);
	}
	free(order);
}

static int compare_keys(const void *a, const void *b, void *shape)
{
	const uint64_t *x = a, *y = b;
	for (uint32_t i = 0; i < ((const struct observation_shape *)shape)->key; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

/* References are to strings and to tables before this one only: these have their ranks. Keys are distinct and stay so. */
static void rank_rows(struct canon *canon, int table)
{
	const struct observation_shape *shape = &observation_shapes[table];
	const struct rows *rows = &canon->builder->tables[table];
	uint32_t count = interner_count(rows->keys), more = shape->columns - shape->key, width = shape->columns + 1;
	/* A row's old id travels behind it while it is sorted. */
	uint64_t *sorted = mem_alloc(((size_t)count + 1) * width * sizeof *sorted);
	for (uint32_t id = 0; id < count; id++) {
		uint64_t *row = sorted + (size_t)id * width;
		memcpy(row, interner_text(rows->keys, id), shape->key * sizeof *row);
		if (more)
			memcpy(row + shape->key, rows->values + (size_t)id * more, more * sizeof *row);
		row[shape->columns] = id;
		for (uint32_t column = 0; column < shape->columns; column++) {
			int target = observation_target(shape->kinds[column]);
			if (target >= 0 && row[column] != OBSERVATION_NONE)
				row[column] = canon->ranks[target][row[column]];
		}
	}
	qsort_r(sorted, count, width * sizeof *sorted, compare_keys, (void *)shape);
	uint64_t *ranks = canon->ranks[table] = mem_alloc(((size_t)count + 1) * sizeof *ranks);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t *row = sorted + (size_t)i * width;
		ranks[row[shape->columns]] = i;
		memmove(sorted + (size_t)i * shape->columns, row, shape->columns * sizeof *row);
	}
	canon->rows[table] = sorted;
}

#define CHECK_ORDER(name, type, columns, keys, kinds, merge) _Static_assert((keys) > 0, #name ": a table needs a key");
OBSERVATION_TABLES(CHECK_ORDER)
#undef CHECK_ORDER

void observation_builder_finish(struct observation_builder *builder, struct buf *out)
{
	struct canon canon = {.builder = builder};
	rank_strings(&canon);
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++)
		rank_rows(&canon, table);
	struct observation observation = {.strings = canon.strings, .string_count = canon.string_count};
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++)
		observation_table_set(&observation, table, canon.rows[table], interner_count(builder->tables[table].keys));
	observation_encode(&observation, out);

	free(canon.strings);
	for (int table = 0; table <= OBSERVATION_TABLE_COUNT; table++)
		free(canon.ranks[table]);
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++)
		free(canon.rows[table]);
	builder_close(builder);
	builder_open(builder);
}
