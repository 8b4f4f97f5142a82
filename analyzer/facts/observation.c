/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical bytes of observations: encoder and checking decoder, both driven by OBSERVATION_TABLES. */
#include "facts/observation.h"

#include <string.h>

#include "facts/observation_shape.h"
#include "facts/wire.h"

static const char MAGIC[3] = {'S', 'L', 'O'};

/* How many tables a version of the format has. */
static int tables_of(unsigned version)
{
	return version == 1 ? OBSERVATION_TABLE_origins : OBSERVATION_TABLE_COUNT;
}

const struct observation_shape observation_shapes[OBSERVATION_TABLE_COUNT] = {
#define OBSERVATION_SHAPE(name, type, columns, keys, kinds, merge) {#name, kinds, merge, columns, keys},
	OBSERVATION_TABLES(OBSERVATION_SHAPE)
#undef OBSERVATION_SHAPE
};

#define OBSERVATION_CHECK(name, type, columns, keys, kinds, merge)                                                    \
	_Static_assert(sizeof(type) == (columns) * sizeof(uint64_t), #name ": row size and column count");             \
	_Static_assert(sizeof(kinds) - 1 == (columns), #name ": column types and column count");                       \
	_Static_assert(sizeof(merge) - 1 == (columns) - (keys), #name ": merge letters and columns behind the key");
OBSERVATION_TABLES(OBSERVATION_CHECK)
#undef OBSERVATION_CHECK

int observation_target(char kind)
{
	switch (kind) {
	case 's': case 'S': return OBSERVATION_TABLE_COUNT;
	case 'm': return OBSERVATION_TABLE_modules;
	case 'f': case 'F': return OBSERVATION_TABLE_functions;
	case 'e': case 'E': return OBSERVATION_TABLE_entries;
	case 'r': return OBSERVATION_TABLE_resources;
	default: return -1;
	}
}

void observation_table_get(const struct observation *observation, int table, const uint64_t **rows, uint64_t *count)
{
	switch (table) {
#define OBSERVATION_CASE(name, type, columns, keys, kinds, merge)          \
	case OBSERVATION_TABLE_##name:                                     \
		*rows = (const uint64_t *)(const void *)observation->name; \
		*count = observation->name##_count;                        \
		return;
		OBSERVATION_TABLES(OBSERVATION_CASE)
#undef OBSERVATION_CASE
	}
}

void observation_table_set(struct observation *observation, int table, const uint64_t *rows, uint64_t count)
{
	switch (table) {
#define OBSERVATION_CASE(name, type, columns, keys, kinds, merge)      \
	case OBSERVATION_TABLE_##name:                                 \
		observation->name = (const type *)(const void *)rows;  \
		observation->name##_count = count;                     \
		return;
		OBSERVATION_TABLES(OBSERVATION_CASE)
#undef OBSERVATION_CASE
	}
}

void observation_encode(const struct observation *observation, struct buf *out)
{
	unsigned char version = observation->origins_count ? OBSERVATION_FORMAT_VERSION : 1;
	buf_append(out, MAGIC, sizeof MAGIC);
	buf_append(out, &version, sizeof version);
	wire_append_strings(out, observation->strings, observation->string_count);
	for (int table = 0; table < tables_of(version); table++) {
		const uint64_t *rows;
		uint64_t count;
		uint32_t columns = observation_shapes[table].columns;
		observation_table_get(observation, table, &rows, &count);
		buf_append_varint(out, count);
		for (uint32_t column = 0; column < columns; column++) {
			uint64_t last = 0;
			for (uint64_t row = 0; row < count; row++) {
				/* OBSERVATION_NONE becomes 0, so that it stays close to its neighbours. Differences wrap. */
				uint64_t value = rows[row * columns + column] + 1;
				wire_append_signed(out, (int64_t)(value - last));
				last = value;
			}
		}
	}
}

static int decode_table(struct wire *wire, struct observation *observation, int table)
{
	uint64_t count;
	uint32_t columns = observation_shapes[table].columns;
	if (!wire_number(wire, &count))
		return wire_fail(wire, "bad row count");
	if (count > (uint64_t)(wire->end - wire->at) / columns || count >= UINT32_MAX)
		return wire_fail(wire, "more rows than bytes");
	uint64_t *rows = arena_alloc(wire->arena, count * columns * sizeof *rows);
	for (uint32_t column = 0; column < columns; column++) {
		uint64_t last = 0;
		for (uint64_t row = 0; row < count; row++) {
			uint64_t number;
			if (!wire_number(wire, &number))
				return wire_fail(wire, "bad value");
			last += (uint64_t)wire_signed(number);
			rows[row * columns + column] = last - 1;
		}
	}
	observation_table_set(observation, table, rows, count);
	return 0;
}

static bool row_ascends(const uint64_t *a, const uint64_t *b, uint32_t columns)
{
	for (uint32_t i = 0; i < columns; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

static int check_rows(struct wire *wire, const struct observation *observation, int table)
{
	const struct observation_shape *shape = &observation_shapes[table];
	const uint64_t *rows, *target_rows;
	uint64_t count;
	observation_table_get(observation, table, &rows, &count);
	for (uint32_t column = 0; column < shape->columns; column++) {
		int target = observation_target(shape->kinds[column]);
		if (target < 0)
			continue;
		uint64_t limit = observation->string_count;
		if (target != OBSERVATION_TABLE_COUNT)
			observation_table_get(observation, target, &target_rows, &limit);
		bool optional = strchr("SFE", shape->kinds[column]) != NULL;
		for (uint64_t row = 0; row < count; row++) {
			uint64_t value = rows[row * shape->columns + column];
			if (value >= limit && !(optional && value == OBSERVATION_NONE))
				return err_set(wire->err, ERR_INPUT, "observation: table %s, row %llu: column %u points nowhere",
					       shape->name, (unsigned long long)row, column);
		}
	}
	for (uint64_t row = 1; row < count; row++)
		if (!row_ascends(rows + (row - 1) * shape->columns, rows + row * shape->columns, shape->key))
			return err_set(wire->err, ERR_INPUT, "observation: table %s, row %llu: out of order", shape->name,
				       (unsigned long long)row);
	return 0;
}

static int check_kinds(struct wire *wire, const struct observation *observation)
{
	if (observation->runs_count != 1)
		return err_set(wire->err, ERR_INPUT, "observation: %llu runs in it, it must be one",
			       (unsigned long long)observation->runs_count);
	for (uint64_t i = 0; i < observation->edges_count; i++)
		if (observation->edges[i].how < OBSERVATION_COUNTED || observation->edges[i].how > OBSERVATION_STACKED)
			return err_set(wire->err, ERR_INPUT, "observation: edge %llu: unknown way of knowing it",
				       (unsigned long long)i);
	return 0;
}

int observation_decode(const void *bytes, size_t length, struct arena *arena, struct observation *out, struct err *err)
{
	struct observation observation = {0};
	struct wire wire = {bytes, bytes, (const unsigned char *)bytes + length, arena, "observation", err};
	if (length <= sizeof MAGIC || memcmp(bytes, MAGIC, sizeof MAGIC) != 0)
		return wire_fail(&wire, "not an observation");
	unsigned version = ((const unsigned char *)bytes)[sizeof MAGIC];
	if (version < 1 || version > OBSERVATION_FORMAT_VERSION)
		return err_set(err, ERR_INPUT, "observation: format %u, this sightline reads 1 to %u; ingest the trace again", version,
			       OBSERVATION_FORMAT_VERSION);
	wire.at += sizeof MAGIC + 1;
	int result = wire_strings(&wire, &observation.strings, &observation.string_count);
	for (int table = 0; !result && table < tables_of(version); table++)
		result = decode_table(&wire, &observation, table);
	if (!result && version > 1 && !observation.origins_count)
		result = wire_fail(&wire, "a table less would say the same");
	if (!result && wire.at != wire.end)
		result = wire_fail(&wire, "bytes after the end");
	for (int table = 0; !result && table < OBSERVATION_TABLE_COUNT; table++)
		result = check_rows(&wire, &observation, table);
	if (!result)
		result = check_kinds(&wire, &observation);
	if (!result)
		*out = observation;
	return result;
}
