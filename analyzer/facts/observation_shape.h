/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shape of each table of an observation, for code that treats all alike. Internal to facts/ and its tests. */
#ifndef SIGHTLINE_FACTS_OBSERVATION_SHAPE_H
#define SIGHTLINE_FACTS_OBSERVATION_SHAPE_H

#include <stdint.h>

#include "facts/observation.h"

struct observation_shape {
	const char *name;
	const char *kinds; /* column types, as in OBSERVATION_TABLES */
	const char *merge; /* for each column behind the key */
	uint32_t columns;
	uint32_t key;      /* leading columns by which rows are told apart */
};
extern const struct observation_shape observation_shapes[OBSERVATION_TABLE_COUNT];

/* Which table a column of that type points into: OBSERVATION_TABLE_COUNT for strings, -1 for numbers. */
int observation_target(char kind);

void observation_table_get(const struct observation *observation, int table, const uint64_t **rows, uint64_t *count);
void observation_table_set(struct observation *observation, int table, const uint64_t *rows, uint64_t count);

/* Appends the canonical bytes of an observation that is canonical already (as decoded, or as the builder leaves it). */
void observation_encode(const struct observation *observation, struct buf *out);

#endif
