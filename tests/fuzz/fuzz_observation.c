/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an observation: refused, or the one spelling of what they say, every index of it followed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "facts/observation_shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static volatile size_t sink; /* so that the walk is not optimised away */

static void walk(const struct observation *observation, int table)
{
	const uint64_t *rows, *others;
	uint64_t count, limit;
	const struct observation_shape *shape = &observation_shapes[table];
	observation_table_get(observation, table, &rows, &count);
	for (uint64_t i = 0; i < count * shape->columns; i++) {
		int target = observation_target(shape->kinds[i % shape->columns]);
		if (target < 0 || rows[i] == OBSERVATION_NONE)
			continue;
		if (target == OBSERVATION_TABLE_COUNT) {
			sink += strlen(observation->strings[rows[i]]);
		} else {
			observation_table_get(observation, target, &others, &limit);
			sink += others[rows[i] * observation_shapes[target].columns];
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = arena_create();
	struct observation observation;
	struct err err = {0};
	int result = observation_decode(bytes, length, arena, &observation, &err);
	if (result == 0) {
		for (int table = 0; table < OBSERVATION_TABLE_COUNT; table++)
			walk(&observation, table);
		for (uint64_t i = 0; i < observation.string_count; i++)
			if (!text_is_utf8(observation.strings[i], strlen(observation.strings[i])))
				abort();
		struct buf again;
		buf_init(&again, BUF_NO_CEILING);
		observation_encode(&observation, &again);
		if (again.length != length || memcmp(again.data, bytes, length) != 0)
			abort();
		buf_finish(&again);
	} else if ((result != ERR_INPUT && result != ERR_LIMIT) || err.code != (enum err_code)result || !err.text[0]) {
		abort();
	}
	arena_destroy(arena);
	return 0;
}
