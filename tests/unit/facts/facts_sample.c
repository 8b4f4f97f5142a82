/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts for tests: generated, checked against the headers, taken apart again. */
#include "facts_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const struct table_form FORMS[FACTS_TABLE_COUNT] = {
#define FORM(name, type, columns, kinds) {columns, kinds},
	FACTS_TABLES(FORM)
#undef FORM
};

uint32_t sample_random(uint64_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)((*state >> 24) % below);
}

static const char *const STRINGS[] = {
	"", "a", "ab", "abc", "b", "src/a.c", "src/a.h", "src/ab.c", "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc", "gr\xc3\xa4",
	"int (struct foo *, int)", "\x01\n", "\xff invalid", "\xf0\x9f\x98\x80", "0123456789abcdef0123456789abcdef",
};
#define STRING_COUNT (sizeof STRINGS / sizeof *STRINGS)

static uint32_t string_of(struct facts_builder *builder, uint32_t number)
{
	const char *text = STRINGS[number % STRING_COUNT];
	return facts_builder_string(builder, text, strlen(text));
}

/* Things are numbered: 0..39 symbols, of which 16.. have a parent; 0..19 slots, of which 14.. go through another. */
#define SYMBOL_COUNT 40
#define SLOT_COUNT 20

static uint32_t symbol_of(struct facts_builder *builder, uint32_t number)
{
	struct facts_symbol symbol = {.file_string = FACTS_NONE, .parent_symbol = FACTS_NONE};
	if (number >= 16) {
		symbol.kind = number % 2 ? SYMBOL_FIELD : SYMBOL_VARIABLE;
		symbol.scope = number % 2 ? SCOPE_MEMBER : SCOPE_LOCAL;
		symbol.parent_symbol = symbol_of(builder, number - 16);
		symbol.ordinal = number % 2 ? 0 : number % 3;
	} else {
		symbol.kind = 1 + number % (SYMBOL_KIND_END - 1);
		symbol.scope = number % 3 == 0 ? SCOPE_EXTERNAL : number % 3 == 1 ? SCOPE_FILE : SCOPE_TAG;
		if (symbol.scope == SCOPE_FILE)
			symbol.file_string = string_of(builder, 5 + number % 3);
	}
	symbol.name_string = string_of(builder, 1 + number % 7);
	return facts_builder_symbol(builder, &symbol);
}

static uint32_t slot_of(struct facts_builder *builder, uint32_t number)
{
	struct facts_slot slot = {.owner_symbol = FACTS_NONE, .through_slot = FACTS_NONE};
	if (number >= 14) {
		slot.kind = number % 2 ? SLOT_ICALL_PARAMETER : SLOT_ICALL_RETURN;
		slot.through_slot = slot_of(builder, number - 5);
		slot.index = number % 2 ? number % 4 : 0;
	} else if (number == 13) {
		slot.kind = SLOT_UNKNOWN;
	} else {
		slot.kind = SLOT_FIELD + number % 6;
		slot.owner_symbol = symbol_of(builder, 3 * number % SYMBOL_COUNT);
		slot.index = slot.kind == SLOT_PARAMETER || slot.kind == SLOT_LOCAL ? number / 3 : 0;
	}
	return facts_builder_slot(builder, &slot);
}

struct sample_row { int table; uint32_t values[16]; };

static uint32_t number_for(int table, uint32_t column, uint64_t *state)
{
	if (table == FACTS_TABLE_references && column == 2)
		return 1 + sample_random(state, 3);
	if (table == FACTS_TABLE_units && column == 2)
		return UNIT_OK + sample_random(state, 3);
	if (table == FACTS_TABLE_diagnostics && column == 0)
		return DIAGNOSTIC_ERROR + sample_random(state, 4);
	switch (sample_random(state, 8)) {
	case 0: return sample_random(state, 1u << 31);
	case 1: return UINT32_MAX - 1 - sample_random(state, 3);
	default: return sample_random(state, 4);
	}
}

static struct sample_row random_row(int table, uint64_t *state)
{
	struct sample_row row = {.table = table};
	for (uint32_t column = 0; column < FORMS[table].columns; column++) {
		char kind = FORMS[table].kinds[column];
		uint32_t *value = &row.values[column];
		if (strchr("SYL", kind) && sample_random(state, 3) == 0)
			*value = FACTS_NONE;
		else if (kind == 's' || kind == 'S')
			*value = sample_random(state, STRING_COUNT);
		else if (kind == 'y' || kind == 'Y')
			*value = sample_random(state, SYMBOL_COUNT);
		else if (kind == 'l' || kind == 'L')
			*value = sample_random(state, SLOT_COUNT);
		else
			*value = number_for(table, column, state);
	}
	return row;
}

static void add_row(struct facts_builder *builder, const struct sample_row *row)
{
	uint32_t values[16];
	const struct table_form *form = &FORMS[row->table];
	for (uint32_t column = 0; column < form->columns; column++) {
		uint32_t value = row->values[column];
		char kind = form->kinds[column];
		values[column] = kind == 'n' || value == FACTS_NONE ? value
				 : kind == 's' || kind == 'S' ? string_of(builder, value)
				 : kind == 'y' || kind == 'Y' ? symbol_of(builder, value) : slot_of(builder, value);
	}
	facts_builder_add(builder, (enum facts_table)row->table, values);
}

void sample_fill(struct facts_builder *builder, uint64_t seed, uint64_t order)
{
	struct sample_row rows[600];
	uint32_t count = 0;
	for (int table = FACTS_TABLE_slots + 1; table < FACTS_TABLE_COUNT; table++) {
		uint32_t many = sample_random(&seed, 30);
		for (uint32_t i = 0; i < many; i++)
			rows[count++] = random_row(table, &seed);
	}
	for (uint32_t i = count; i > 1 && order; i--) {
		uint32_t j = sample_random(&order, i);
		struct sample_row kept = rows[i - 1];
		rows[i - 1] = rows[j];
		rows[j] = kept;
	}
	for (uint32_t i = 0; i < count; i++) {
		/* Things that are interned and never referred to leave no trace. */
		if (order && sample_random(&order, 4) == 0) {
			slot_of(builder, sample_random(&order, SLOT_COUNT));
			facts_builder_string(builder, "never used", 10);
		}
		add_row(builder, &rows[i]);
	}
}

void sample_bytes(uint64_t seed, uint64_t order, struct buf *out)
{
	struct facts_builder *builder = facts_builder_create();
	sample_fill(builder, seed, order);
	facts_builder_finish(builder, out);
	facts_builder_destroy(builder);
}

const uint32_t *facts_rows(const struct facts *facts, int table, uint32_t *count)
{
	switch (table) {
#define ROWS(name, type, columns, kinds)        \
	case FACTS_TABLE_##name:                \
		*count = facts->name##_count;   \
		return (const uint32_t *)(const void *)facts->name;
		FACTS_TABLES(ROWS)
#undef ROWS
	}
	return NULL;
}

static void check_indices(const struct facts *facts, int table)
{
	uint32_t count;
	const uint32_t *rows = facts_rows(facts, table, &count);
	const struct table_form *form = &FORMS[table];
	for (size_t i = 0; i < (size_t)count * form->columns; i++) {
		char kind = form->kinds[i % form->columns];
		if (kind == 'n' || (strchr("SYL", kind) && rows[i] == FACTS_NONE))
			continue;
		uint32_t limit = kind == 's' || kind == 'S' ? facts->string_count
				 : kind == 'y' || kind == 'Y' ? facts->symbols_count : facts->slots_count;
		assert_true(rows[i] < limit);
	}
}

/* Rows ascend strictly by their leading key columns. */
static void check_order(const struct facts *facts, int table, uint32_t key)
{
	uint32_t count;
	const uint32_t *rows = facts_rows(facts, table, &count);
	uint32_t columns = FORMS[table].columns;
	for (uint32_t row = 1; row < count; row++) {
		const uint32_t *b = rows + (size_t)row * columns, *a = b - columns;
		uint32_t i = 0;
		while (i < key && a[i] == b[i])
			i++;
		assert_true(i < key && a[i] < b[i]);
	}
}

void facts_check(const struct facts *facts)
{
	for (uint32_t i = 0; i < facts->string_count; i++) {
		assert_true(text_is_utf8(facts->strings[i], strlen(facts->strings[i])));
		if (i)
			assert_true(strcmp(facts->strings[i - 1], facts->strings[i]) < 0);
	}
	for (int table = 0; table < FACTS_TABLE_COUNT; table++)
		check_indices(facts, table);
	for (uint32_t i = 0; i < facts->symbols_count; i++) {
		const struct facts_symbol *symbol = &facts->symbols[i];
		assert_in_range(symbol->kind, 1, SYMBOL_KIND_END - 1);
		assert_in_range(symbol->scope, 1, SCOPE_END - 1);
		assert_int_equal(symbol->scope == SCOPE_FILE, symbol->file_string != FACTS_NONE);
		assert_int_equal(symbol->scope == SCOPE_MEMBER || symbol->scope == SCOPE_LOCAL,
				 symbol->parent_symbol != FACTS_NONE);
		uint32_t up = i;
		for (uint32_t steps = 0; up != FACTS_NONE; up = facts->symbols[up].parent_symbol)
			assert_true(steps++ <= facts->symbols_count);
	}
	for (uint32_t i = 0; i < facts->slots_count; i++) {
		const struct facts_slot *slot = &facts->slots[i];
		assert_in_range(slot->kind, 1, SLOT_KIND_END - 1);
		bool through = slot->kind == SLOT_ICALL_PARAMETER || slot->kind == SLOT_ICALL_RETURN;
		assert_int_equal(through, slot->through_slot != FACTS_NONE);
		assert_int_equal(!through && slot->kind != SLOT_UNKNOWN, slot->owner_symbol != FACTS_NONE);
		uint32_t up = i;
		for (uint32_t steps = 0; up != FACTS_NONE; up = facts->slots[up].through_slot)
			assert_true(steps++ <= facts->slots_count);
	}
	for (int table = FACTS_TABLE_slots + 1; table < FACTS_TABLE_COUNT; table++) {
		uint32_t key = table == FACTS_TABLE_references || table == FACTS_TABLE_literals || table == FACTS_TABLE_constants ? 4
			       : table == FACTS_TABLE_icalls || table == FACTS_TABLE_outcalls || table == FACTS_TABLE_locks ? 3 : table == FACTS_TABLE_flows ? 2 : FORMS[table].columns;
		check_order(facts, table, key);
	}
	for (uint32_t i = 0; i < facts->references_count; i++)
		assert_in_range(facts->references[i].kind, 1, REF_KIND_END - 1);
}

static uint32_t again_string(struct facts_builder *builder, const struct facts *facts, uint32_t id)
{
	return id == FACTS_NONE ? FACTS_NONE
				: facts_builder_string(builder, facts->strings[id], strlen(facts->strings[id]));
}

static uint32_t again_symbol(struct facts_builder *builder, const struct facts *facts, uint32_t id)
{
	if (id == FACTS_NONE)
		return FACTS_NONE;
	struct facts_symbol symbol = facts->symbols[id];
	symbol.name_string = again_string(builder, facts, symbol.name_string);
	symbol.file_string = again_string(builder, facts, symbol.file_string);
	symbol.parent_symbol = again_symbol(builder, facts, symbol.parent_symbol);
	return facts_builder_symbol(builder, &symbol);
}

static uint32_t again_slot(struct facts_builder *builder, const struct facts *facts, uint32_t id)
{
	if (id == FACTS_NONE)
		return FACTS_NONE;
	struct facts_slot slot = facts->slots[id];
	slot.owner_symbol = again_symbol(builder, facts, slot.owner_symbol);
	slot.through_slot = again_slot(builder, facts, slot.through_slot);
	return facts_builder_slot(builder, &slot);
}

void facts_rebuild(const struct facts *facts, struct facts_builder *builder)
{
	for (int table = FACTS_TABLE_COUNT - 1; table > FACTS_TABLE_slots; table--) {
		uint32_t count;
		const uint32_t *rows = facts_rows(facts, table, &count);
		const struct table_form *form = &FORMS[table];
		for (uint32_t row = count; row-- > 0;) {
			uint32_t values[16];
			memcpy(values, rows + (size_t)row * form->columns, form->columns * sizeof *values);
			for (uint32_t column = 0; column < form->columns; column++) {
				char kind = form->kinds[column];
				if (kind == 's' || kind == 'S')
					values[column] = again_string(builder, facts, values[column]);
				else if (kind == 'y' || kind == 'Y')
					values[column] = again_symbol(builder, facts, values[column]);
				else if (kind != 'n')
					values[column] = again_slot(builder, facts, values[column]);
			}
			facts_builder_add(builder, (enum facts_table)table, values);
		}
	}
}
