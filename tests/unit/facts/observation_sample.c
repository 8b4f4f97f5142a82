/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "observation_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t observation_random(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/* Rows as they are before ids: references are row numbers of the sample's own tables. */
struct sample_rows {
	uint64_t *values;
	uint32_t count;
};

static uint64_t add_string(struct observation_builder *builder, uint64_t number)
{
	char text[32];
	int length = snprintf(text, sizeof text, number % 7 ? "name%u" : "n\xc3\xa4me%u", (unsigned)number);
	return observation_builder_string(builder, text, (size_t)length);
}

static void shuffle_rows(struct sample_rows *rows, uint32_t columns, uint64_t *random)
{
	for (uint32_t i = rows->count; i > 1; i--) {
		uint32_t j = observation_random(random, i);
		uint64_t held[16];
		memcpy(held, rows->values + (size_t)(i - 1) * columns, columns * sizeof *held);
		memmove(rows->values + (size_t)(i - 1) * columns, rows->values + (size_t)j * columns, columns * sizeof *held);
		memcpy(rows->values + (size_t)j * columns, held, columns * sizeof *held);
	}
}

static uint32_t rows_of(int table)
{
	return table == OBSERVATION_TABLE_runs ? 1 : 30;
}

void observation_sample(uint64_t seed, uint64_t shuffle, struct buf *out)
{
	struct observation_builder *builder = observation_builder_create();
	uint64_t random = seed, order = shuffle;
	/* Ids of the sample's rows, by their number before the shuffle (the value of an extra column). */
	uint64_t *ids[OBSERVATION_TABLE_COUNT];
	for (uint32_t i = 0; shuffle && i < 40; i++)
		add_string(builder, observation_random(&order, 40)); /* ids of strings differ, too */
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++) {
		const struct observation_shape *shape = &observation_shapes[table];
		uint32_t width = shape->columns + 1;
		struct sample_rows rows = {mem_zalloc((size_t)rows_of(table) * width, sizeof(uint64_t)), rows_of(table)};
		for (uint32_t row = 0; row < rows.count; row++) {
			uint64_t *values = rows.values + (size_t)row * width;
			for (uint32_t column = 0; column < shape->columns; column++)
				values[column] = observation_random(&random, 9);
			values[shape->columns] = row;
			if (table == OBSERVATION_TABLE_edges)
				values[3] = OBSERVATION_COUNTED + values[3] % 3;
		}
		if (shuffle)
			shuffle_rows(&rows, width, &order);
		ids[table] = mem_alloc(rows.count * sizeof(uint64_t));
		for (uint32_t row = 0; row < rows.count; row++) {
			uint64_t values[16];
			memcpy(values, rows.values + (size_t)row * width, width * sizeof *values);
			for (uint32_t column = 0; column < shape->columns; column++) {
				int target = observation_target(shape->kinds[column]);
				if (target >= 0 && strchr("SFE", shape->kinds[column]) && values[column] == 8)
					values[column] = OBSERVATION_NONE;
				else if (target == OBSERVATION_TABLE_COUNT)
					values[column] = add_string(builder, values[column]);
				else if (target >= 0)
					values[column] = ids[target][values[column]];
			}
			ids[table][values[shape->columns]] = observation_builder_add(builder, (enum observation_table)table, values);
		}
		free(rows.values);
	}
	observation_builder_finish(builder, out);
	for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++)
		free(ids[table]);
	observation_builder_destroy(builder);
}
