/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The builder: order of insertion does not show, and rows merge as codec.h says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "facts_sample.h"

static void check_equal(const struct buf *a, const struct buf *b)
{
	assert_int_equal(a->length, b->length);
	assert_memory_equal(a->data, b->data, a->length);
}

static void test_any_order_gives_equal_bytes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct buf straight, shuffled;
		buf_init(&straight, BUF_NO_CEILING);
		sample_bytes(seed, 0, &straight);
		for (uint64_t order = 1; order <= 5; order++) {
			buf_init(&shuffled, BUF_NO_CEILING);
			sample_bytes(seed, 977 * seed + order, &shuffled);
			check_equal(&straight, &shuffled);
			buf_finish(&shuffled);
		}
		buf_finish(&straight);
	}
}

static void test_different_content_gives_different_bytes(void **state)
{
	(void)state;
	struct buf a, b;
	buf_init(&a, BUF_NO_CEILING);
	buf_init(&b, BUF_NO_CEILING);
	sample_bytes(1, 0, &a);
	sample_bytes(2, 0, &b);
	assert_false(a.length == b.length && memcmp(a.data, b.data, a.length) == 0);
	buf_finish(&a);
	buf_finish(&b);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct buf bytes, again;
		struct facts facts;
		struct err err = {0};
		struct arena *arena = arena_create();
		buf_init(&bytes, BUF_NO_CEILING);
		buf_init(&again, BUF_NO_CEILING);
		sample_bytes(seed, 0, &bytes);
		if (facts_decode(bytes.data, bytes.length, arena, &facts, &err) != 0)
			fail_msg("seed %d: %s", (int)seed, err.text);
		facts_check(&facts);
		facts_encode(&facts, &again);
		check_equal(&bytes, &again);
		/* And canonical facts added anew are what they were. */
		struct facts_builder *builder = facts_builder_create();
		facts_rebuild(&facts, builder);
		buf_clear(&again);
		facts_builder_finish(builder, &again);
		check_equal(&bytes, &again);
		facts_builder_destroy(builder);
		arena_destroy(arena);
		buf_finish(&bytes);
		buf_finish(&again);
	}
}

/* A builder with functions f and g, fields, slots: enough to add rows to. */
struct kit { struct facts_builder *builder; uint32_t f, g, a, b, signature, other; struct arena *arena; struct facts facts; };

static uint32_t function(struct facts_builder *builder, const char *name)
{
	struct facts_symbol symbol = {
		.kind = SYMBOL_FUNCTION, .scope = SCOPE_EXTERNAL,
		.name_string = facts_builder_string(builder, name, strlen(name)),
		.file_string = FACTS_NONE, .parent_symbol = FACTS_NONE,
	};
	return facts_builder_symbol(builder, &symbol);
}

static struct kit kit_create(void)
{
	struct kit kit = {.builder = facts_builder_create(), .arena = arena_create()};
	kit.f = function(kit.builder, "f");
	kit.g = function(kit.builder, "g");
	struct facts_slot slot = {.kind = SLOT_PARAMETER, .owner_symbol = kit.f, .through_slot = FACTS_NONE};
	kit.a = facts_builder_slot(kit.builder, &slot);
	slot.index = 1;
	kit.b = facts_builder_slot(kit.builder, &slot);
	kit.signature = facts_builder_string(kit.builder, "int (void)", 10);
	kit.other = facts_builder_string(kit.builder, "void (void)", 11);
	return kit;
}

/* Finishes the builder, frees the kit's memory on the next call of kit_destroy. */
static const struct facts *kit_facts(struct kit *kit)
{
	struct buf bytes;
	struct err err = {0};
	buf_init(&bytes, BUF_NO_CEILING);
	facts_builder_finish(kit->builder, &bytes);
	if (facts_decode(bytes.data, bytes.length, kit->arena, &kit->facts, &err) != 0)
		fail_msg("%s", err.text);
	facts_check(&kit->facts);
	buf_finish(&bytes);
	return &kit->facts;
}

static void kit_destroy(struct kit *kit)
{
	facts_builder_destroy(kit->builder);
	arena_destroy(kit->arena);
}

static void test_interning(void **state)
{
	(void)state;
	struct kit kit = kit_create();
	assert_int_equal(facts_builder_string(kit.builder, "int (void)...", 10), kit.signature);
	assert_int_equal(function(kit.builder, "f"), kit.f);
	assert_int_not_equal(kit.f, kit.g);
	assert_int_not_equal(kit.a, kit.b);
	assert_int_equal(facts_builder_string(kit.builder, "\xff", 1), facts_builder_string(kit.builder, "\\xff", 4));
	kit_destroy(&kit);
}

static void test_references_merge(void **state)
{
	(void)state;
	struct kit kit = kit_create();
	struct facts_reference row = {kit.f, kit.g, REF_CALL, 0, 2, 30};
	facts_builder_add(kit.builder, FACTS_TABLE_references, &row);
	facts_builder_add(kit.builder, FACTS_TABLE_references, &row); /* equal rows count as well */
	row.sites = 5, row.line = 10;
	facts_builder_add(kit.builder, FACTS_TABLE_references, &row);
	row.flags = REF_VIA_MACRO, row.sites = 1, row.line = 1;
	facts_builder_add(kit.builder, FACTS_TABLE_references, &row);
	row.kind = REF_ADDRESS;
	facts_builder_add(kit.builder, FACTS_TABLE_references, &row);
	row.from_symbol = FACTS_NONE;
	facts_builder_add(kit.builder, FACTS_TABLE_references, &row);
	const struct facts *facts = kit_facts(&kit);
	assert_int_equal(facts->references_count, 4);
	const struct facts_reference *first = &facts->references[0];
	assert_string_equal(facts->strings[facts->symbols[first->from_symbol].name_string], "f");
	assert_string_equal(facts->strings[facts->symbols[first->to_symbol].name_string], "g");
	assert_int_equal(first->kind, REF_CALL);
	assert_int_equal(first->flags, 0);
	assert_int_equal(first->sites, 9);
	assert_int_equal(first->line, 10);
	assert_int_equal(facts->references[1].sites, 1);
	assert_true(facts->references[3].from_symbol == FACTS_NONE);
	kit_destroy(&kit);
}

static void test_icalls_merge(void **state)
{
	(void)state;
	struct kit kit = kit_create();
	struct facts_icall row = {kit.f, kit.a, kit.signature, 1, 1, 50};
	facts_builder_add(kit.builder, FACTS_TABLE_icalls, &row);
	row.arguments = 3, row.line = 60, row.sites = 2;
	facts_builder_add(kit.builder, FACTS_TABLE_icalls, &row);
	row.arguments = 2, row.line = 40, row.sites = 4;
	facts_builder_add(kit.builder, FACTS_TABLE_icalls, &row);
	row.signature_string = kit.other;
	facts_builder_add(kit.builder, FACTS_TABLE_icalls, &row);
	const struct facts *facts = kit_facts(&kit);
	assert_int_equal(facts->icalls_count, 2);
	assert_int_equal(facts->icalls[0].arguments, 3);
	assert_int_equal(facts->icalls[0].sites, 7);
	assert_int_equal(facts->icalls[0].line, 40);
	assert_string_equal(facts->strings[facts->icalls[0].signature_string], "int (void)");
	assert_int_equal(facts->icalls[1].sites, 4);
	kit_destroy(&kit);
}

static void test_flows_and_literals_keep_the_first_line(void **state)
{
	(void)state;
	struct kit kit = kit_create();
	uint32_t lines[] = {9, 4, 7};
	for (int i = 0; i < 3; i++) {
		struct facts_flow flow = {kit.a, kit.b, lines[i]};
		struct facts_literal literal = {kit.f, kit.g, 1, kit.signature, lines[i]};
		facts_builder_add(kit.builder, FACTS_TABLE_flows, &flow);
		facts_builder_add(kit.builder, FACTS_TABLE_literals, &literal);
	}
	struct facts_flow back = {kit.b, kit.a, 100};
	struct facts_literal second = {kit.f, kit.g, 0, kit.signature, 100};
	facts_builder_add(kit.builder, FACTS_TABLE_flows, &back);
	facts_builder_add(kit.builder, FACTS_TABLE_literals, &second);
	const struct facts *facts = kit_facts(&kit);
	assert_int_equal(facts->flows_count, 2);
	assert_int_equal(facts->flows[0].line, 4);
	assert_int_equal(facts->flows[1].line, 100);
	assert_int_equal(facts->literals_count, 2);
	assert_int_equal(facts->literals[0].line, 100);
	assert_int_equal(facts->literals[1].line, 4);
	kit_destroy(&kit);
}

static void test_other_tables_drop_equal_rows_only(void **state)
{
	(void)state;
	struct kit kit = kit_create();
	struct facts_macro row = {kit.f, 0, 3, 4};
	facts_builder_add(kit.builder, FACTS_TABLE_macros, &row);
	facts_builder_add(kit.builder, FACTS_TABLE_macros, &row);
	row.end_line = 5;
	facts_builder_add(kit.builder, FACTS_TABLE_macros, &row);
	const struct facts *facts = kit_facts(&kit);
	assert_int_equal(facts->macros_count, 2);
	/* What no row refers to is gone: g, the signatures, the slots. */
	assert_int_equal(facts->symbols_count, 1);
	assert_int_equal(facts->slots_count, 0);
	assert_int_equal(facts->string_count, 1);
	assert_string_equal(facts->strings[0], "f");
	kit_destroy(&kit);
}

static void test_what_is_kept_pulls_what_it_needs(void **state)
{
	(void)state;
	struct kit kit = kit_create();
	struct facts_symbol local = {SYMBOL_VARIABLE, SCOPE_LOCAL, kit.other, FACTS_NONE, kit.g, 2};
	struct facts_slot slot = {SLOT_VARIABLE, facts_builder_symbol(kit.builder, &local), 0, FACTS_NONE};
	struct facts_slot through = {SLOT_ICALL_RETURN, FACTS_NONE, 0, facts_builder_slot(kit.builder, &slot)};
	struct facts_flow flow = {kit.a, facts_builder_slot(kit.builder, &through), 1};
	facts_builder_add(kit.builder, FACTS_TABLE_flows, &flow);
	const struct facts *facts = kit_facts(&kit);
	assert_int_equal(facts->symbols_count, 3); /* f, g, g's local */
	assert_int_equal(facts->slots_count, 3);
	const struct facts_slot *source = &facts->slots[facts->flows[0].source_slot];
	assert_int_equal(source->kind, SLOT_ICALL_RETURN);
	const struct facts_symbol *owner = &facts->symbols[facts->slots[source->through_slot].owner_symbol];
	assert_int_equal(owner->ordinal, 2);
	assert_string_equal(facts->strings[facts->symbols[owner->parent_symbol].name_string], "g");
	kit_destroy(&kit);
}

static void test_sites_do_not_wrap(void **state)
{
	(void)state;
	struct kit kit = kit_create();
	struct facts_reference row = {kit.f, kit.g, REF_CALL, 0, UINT32_MAX - 5, 1};
	for (int i = 0; i < 3; i++)
		facts_builder_add(kit.builder, FACTS_TABLE_references, &row);
	const struct facts *facts = kit_facts(&kit);
	assert_true(facts->references[0].sites >= UINT32_MAX - 5);
	kit_destroy(&kit);
}

static void test_strings_become_utf8(void **state)
{
	(void)state;
	struct kit kit = kit_create();
	struct facts_region row = {1, 2, facts_builder_string(kit.builder, "a\xff\xc3\xbc", 4)};
	facts_builder_add(kit.builder, FACTS_TABLE_regions, &row);
	const struct facts *facts = kit_facts(&kit);
	assert_string_equal(facts->strings[facts->regions[0].condition_string], "a\\xff\xc3\xbc");
	kit_destroy(&kit);
}

static void test_finish_empties_the_builder(void **state)
{
	(void)state;
	struct facts_builder *builder = facts_builder_create();
	struct buf first, second, empty;
	buf_init(&first, BUF_NO_CEILING);
	buf_init(&second, BUF_NO_CEILING);
	buf_init(&empty, BUF_NO_CEILING);
	sample_fill(builder, 3, 0);
	facts_builder_finish(builder, &first);
	facts_builder_finish(builder, &empty);
	assert_true(empty.length < 30);
	sample_fill(builder, 3, 5);
	facts_builder_finish(builder, &second);
	check_equal(&first, &second);
	facts_builder_finish(builder, &second); /* appended behind */
	assert_int_equal(second.length, first.length + empty.length);
	facts_builder_destroy(builder);
	facts_builder_destroy(NULL);
	buf_finish(&first);
	buf_finish(&second);
	buf_finish(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order_gives_equal_bytes),
		cmocka_unit_test(test_different_content_gives_different_bytes),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_interning),
		cmocka_unit_test(test_references_merge),
		cmocka_unit_test(test_icalls_merge),
		cmocka_unit_test(test_flows_and_literals_keep_the_first_line),
		cmocka_unit_test(test_other_tables_drop_equal_rows_only),
		cmocka_unit_test(test_what_is_kept_pulls_what_it_needs),
		cmocka_unit_test(test_sites_do_not_wrap),
		cmocka_unit_test(test_strings_become_utf8),
		cmocka_unit_test(test_finish_empties_the_builder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
