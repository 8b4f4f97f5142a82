/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical bytes of facts: encoder and checking decoder, both driven by the table list of facts.h. */
#include "facts/codec.h"

#include <string.h>

#include "facts/shape.h"
#include "facts/wire.h"

static const char MAGIC[4] = {'S', 'L', 'F', FACTS_FORMAT_VERSION};

#define PARENT_DEPTH 16 /* longest chain of parent symbols or through-slots */

static const struct facts_shape SHAPES[FACTS_TABLE_COUNT] = {
#define FACTS_SHAPE(name, type, columns, kinds) {#name, kinds, "", columns, columns},
	FACTS_TABLES(FACTS_SHAPE)
#undef FACTS_SHAPE
};

struct facts_shape facts_shape(int table)
{
	struct facts_shape shape = SHAPES[table];
	switch (table) {
	case FACTS_TABLE_references: shape.key = 4; shape.merge = "+<"; break;
	case FACTS_TABLE_icalls: shape.key = 3; shape.merge = ">+<"; break;
	case FACTS_TABLE_flows: shape.key = 2; shape.merge = "<"; break;
	case FACTS_TABLE_literals: shape.key = 4; shape.merge = "<"; break;
	case FACTS_TABLE_constants: shape.key = 4; shape.merge = "<"; break;
	case FACTS_TABLE_locks: shape.key = 3; shape.merge = "+<"; break;
	case FACTS_TABLE_outcalls: shape.key = 3; shape.merge = "+<"; break;
	default: break;
	}
	return shape;
}

#define FACTS_CHECK(name, type, columns, kinds)                                                          \
	_Static_assert(sizeof(type) == (columns) * sizeof(uint32_t), #name ": row size and column count");    \
	_Static_assert(sizeof(kinds) - 1 == (columns), #name ": column types and column count");
FACTS_TABLES(FACTS_CHECK)
#undef FACTS_CHECK

static void facts_table_get(const struct facts *facts, int table, const uint32_t **rows, uint32_t *count)
{
	switch (table) {
#define FACTS_CASE(name, type, columns, kinds)                \
	case FACTS_TABLE_##name:                              \
		*rows = (const uint32_t *)(const void *)facts->name; \
		*count = facts->name##_count;                 \
		return;
		FACTS_TABLES(FACTS_CASE)
#undef FACTS_CASE
	}
}

static void facts_table_set(struct facts *facts, int table, const uint32_t *rows, uint32_t count)
{
	switch (table) {
#define FACTS_CASE(name, type, columns, kinds)                 \
	case FACTS_TABLE_##name:                               \
		facts->name = (const type *)(const void *)rows; \
		facts->name##_count = count;                   \
		return;
		FACTS_TABLES(FACTS_CASE)
#undef FACTS_CASE
	}
}

void facts_encode(const struct facts *facts, struct buf *out)
{
	buf_append(out, MAGIC, sizeof MAGIC);
	wire_append_strings(out, facts->strings, facts->string_count);
	for (int table = 0; table < FACTS_TABLE_COUNT; table++) {
		const uint32_t *rows;
		uint32_t count, columns = SHAPES[table].columns;
		facts_table_get(facts, table, &rows, &count);
		buf_append_varint(out, count);
		for (uint32_t column = 0; column < columns; column++) {
			int64_t last = 0;
			for (uint32_t row = 0; row < count; row++) {
				/* FACTS_NONE becomes 0, so that it stays close to its neighbours. */
				int64_t value = (uint32_t)(rows[(size_t)row * columns + column] + 1);
				wire_append_signed(out, value - last);
				last = value;
			}
		}
	}
}

struct decoder {
	struct wire wire;
	struct facts *facts;
	struct err *err;
};

static int decode_table(struct decoder *decoder, int table)
{
	uint64_t count;
	uint32_t columns = SHAPES[table].columns;
	if (!wire_number(&decoder->wire, &count))
		return wire_fail(&decoder->wire, "bad row count");
	if (count > (uint64_t)(decoder->wire.end - decoder->wire.at) / columns || count >= FACTS_NONE)
		return wire_fail(&decoder->wire, "more rows than bytes");
	uint32_t *rows = arena_alloc(decoder->wire.arena, count * columns * sizeof *rows);
	for (uint32_t column = 0; column < columns; column++) {
		int64_t last = 0;
		for (uint64_t row = 0; row < count; row++) {
			uint64_t zigzag;
			if (!wire_number(&decoder->wire, &zigzag))
				return wire_fail(&decoder->wire, "bad value");
			if (zigzag >> 34)
				return wire_fail(&decoder->wire, "value out of range");
			int64_t value = last + wire_signed(zigzag);
			if (value < 0 || value > UINT32_MAX)
				return wire_fail(&decoder->wire, "value out of range");
			rows[row * columns + column] = (uint32_t)value - 1;
			last = value;
		}
	}
	facts_table_set(decoder->facts, table, rows, (uint32_t)count);
	return 0;
}

static bool row_ascends(const uint32_t *a, const uint32_t *b, uint32_t columns)
{
	for (uint32_t i = 0; i < columns; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

static int check_rows(struct decoder *decoder, int table)
{
	const struct facts_shape shape = facts_shape(table);
	const struct facts *facts = decoder->facts;
	const uint32_t *rows;
	uint32_t count;
	facts_table_get(facts, table, &rows, &count);
	/* Symbols and slots have their own order: parents compare by content. */
	bool ordered = table != FACTS_TABLE_symbols && table != FACTS_TABLE_slots;
	for (uint32_t row = 0; row < count; row++) {
		const uint32_t *values = rows + (size_t)row * shape.columns;
		for (uint32_t column = 0; column < shape.columns; column++) {
			uint32_t limit = UINT32_MAX, value = values[column];
			bool optional = false;
			switch (shape.kinds[column]) {
			case 'S': optional = true; __attribute__((fallthrough));
			case 's': limit = facts->string_count; break;
			case 'Y': optional = true; __attribute__((fallthrough));
			case 'y': limit = facts->symbols_count; break;
			case 'L': optional = true; __attribute__((fallthrough));
			case 'l': limit = facts->slots_count; break;
			}
			if (limit != UINT32_MAX && value >= limit && !(optional && value == FACTS_NONE))
				return err_set(decoder->err, ERR_INPUT, "facts: table %s, row %u: column %u points nowhere",
					       shape.name, row, column);
		}
		if (ordered && row && !row_ascends(values - shape.columns, values, shape.key))
			return err_set(decoder->err, ERR_INPUT, "facts: table %s, row %u: out of order", shape.name, row);
	}
	return 0;
}

static int check_symbol(struct decoder *decoder, uint32_t index)
{
	const struct facts *facts = decoder->facts;
	const struct facts_symbol *symbol = &facts->symbols[index];
	if (!symbol->kind || symbol->kind >= SYMBOL_KIND_END || !symbol->scope || symbol->scope >= SCOPE_END)
		return err_set(decoder->err, ERR_INPUT, "facts: symbol %u: unknown kind or scope", index);
	bool has_parent = symbol->scope == SCOPE_MEMBER || symbol->scope == SCOPE_LOCAL;
	if (has_parent != (symbol->parent_symbol != FACTS_NONE) ||
	    (symbol->scope == SCOPE_FILE) != (symbol->file_string != FACTS_NONE))
		return err_set(decoder->err, ERR_INPUT, "facts: symbol %u: scope does not fit", index);
	uint32_t up = symbol->parent_symbol;
	for (int depth = 0; up != FACTS_NONE; depth++, up = facts->symbols[up].parent_symbol)
		if (depth == PARENT_DEPTH)
			return err_set(decoder->err, ERR_INPUT, "facts: symbol %u: parents too deep", index);
	return 0;
}

static int check_slot(struct decoder *decoder, uint32_t index)
{
	const struct facts *facts = decoder->facts;
	const struct facts_slot *slot = &facts->slots[index];
	bool through = slot->kind == SLOT_ICALL_PARAMETER || slot->kind == SLOT_ICALL_RETURN;
	bool owned = !through && slot->kind != SLOT_UNKNOWN;
	if (!slot->kind || slot->kind >= SLOT_KIND_END || through != (slot->through_slot != FACTS_NONE) ||
	    owned != (slot->owner_symbol != FACTS_NONE))
		return err_set(decoder->err, ERR_INPUT, "facts: slot %u: kind does not fit", index);
	uint32_t up = slot->through_slot;
	for (int depth = 0; up != FACTS_NONE; depth++, up = facts->slots[up].through_slot)
		if (depth == PARENT_DEPTH)
			return err_set(decoder->err, ERR_INPUT, "facts: slot %u: chain too deep", index);
	return 0;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* The builder's order, in terms of sorted strings. Parents are no deeper than PARENT_DEPTH here. */
static int compare_symbols(const struct facts *facts, uint32_t a, uint32_t b)
{
	while (a != b) {
		if (a == FACTS_NONE || b == FACTS_NONE)
			return compare_numbers(a, b);
		const struct facts_symbol *x = &facts->symbols[a], *y = &facts->symbols[b];
		int order = compare_numbers(x->kind, y->kind);
		if (!order)
			order = compare_numbers(x->scope, y->scope);
		if (!order)
			order = compare_numbers(x->name_string, y->name_string);
		if (!order)
			order = compare_numbers(x->file_string, y->file_string);
		if (!order)
			order = compare_numbers(x->ordinal, y->ordinal);
		if (order)
			return order;
		a = x->parent_symbol;
		b = y->parent_symbol;
	}
	return 0;
}

static int compare_slots(const struct facts *facts, uint32_t a, uint32_t b)
{
	while (a != b) {
		if (a == FACTS_NONE || b == FACTS_NONE)
			return compare_numbers(a, b);
		const struct facts_slot *x = &facts->slots[a], *y = &facts->slots[b];
		int order = compare_numbers(x->kind, y->kind);
		if (!order)
			order = compare_numbers(x->owner_symbol, y->owner_symbol);
		if (!order)
			order = compare_numbers(x->index, y->index);
		if (order)
			return order;
		a = x->through_slot;
		b = y->through_slot;
	}
	return 0;
}

static int check_symbols_and_slots(struct decoder *decoder)
{
	const struct facts *facts = decoder->facts;
	int result = 0;
	for (uint32_t i = 0; !result && i < facts->symbols_count; i++)
		result = check_symbol(decoder, i);
	for (uint32_t i = 0; !result && i < facts->slots_count; i++)
		result = check_slot(decoder, i);
	for (uint32_t i = 1; !result && i < facts->symbols_count; i++)
		if (compare_symbols(facts, i - 1, i) >= 0)
			result = err_set(decoder->err, ERR_INPUT, "facts: symbol %u: out of order", i);
	for (uint32_t i = 1; !result && i < facts->slots_count; i++)
		if (compare_slots(facts, i - 1, i) >= 0)
			result = err_set(decoder->err, ERR_INPUT, "facts: slot %u: out of order", i);
	return result;
}

static int check_kinds(struct decoder *decoder)
{
	const struct facts *facts = decoder->facts;
	for (uint32_t i = 0; i < facts->references_count; i++)
		if (!facts->references[i].kind || facts->references[i].kind >= REF_KIND_END)
			return err_set(decoder->err, ERR_INPUT, "facts: reference %u: unknown kind", i);
	for (uint32_t i = 0; i < facts->units_count; i++)
		if (facts->units[i].status < UNIT_OK || facts->units[i].status > UNIT_FAILED)
			return err_set(decoder->err, ERR_INPUT, "facts: unit %u: unknown status", i);
	for (uint32_t i = 0; i < facts->diagnostics_count; i++)
		if (facts->diagnostics[i].kind < DIAGNOSTIC_ERROR || facts->diagnostics[i].kind > DIAGNOSTIC_WARNING)
			return err_set(decoder->err, ERR_INPUT, "facts: diagnostic %u: unknown kind", i);
	return 0;
}

int facts_decode(const void *bytes, size_t length, struct arena *arena, struct facts *out, struct err *err)
{
	struct facts facts = {0};
	struct decoder decoder = {
		.wire = {bytes, bytes, (const unsigned char *)bytes + length, arena, "facts", err},
		.facts = &facts, .err = err,
	};
	if (length < sizeof MAGIC || memcmp(bytes, MAGIC, 3) != 0)
		return wire_fail(&decoder.wire, "not facts");
	int version = ((const unsigned char *)bytes)[3], tables = version == 2 ? FACTS_TABLE_locks : FACTS_TABLE_COUNT;
	if (version != FACTS_FORMAT_VERSION && version != 2)
		return err_set(err, ERR_INPUT, "facts: format %u, this sightline reads %u; rescan",
			       (unsigned)version, FACTS_FORMAT_VERSION);
	decoder.wire.at += sizeof MAGIC;
	uint64_t strings = 0;
	int result = wire_strings(&decoder.wire, &facts.strings, &strings);
	facts.string_count = (uint32_t)strings;
	for (int table = 0; !result && table < tables; table++)
		result = decode_table(&decoder, table);
	if (!result && decoder.wire.at != decoder.wire.end)
		result = wire_fail(&decoder.wire, "bytes after the end");
	for (int table = 0; !result && table < FACTS_TABLE_COUNT; table++)
		result = check_rows(&decoder, table);
	if (!result)
		result = check_symbols_and_slots(&decoder);
	if (!result)
		result = check_kinds(&decoder);
	if (!result)
		*out = facts;
	return result;
}
