/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoder against bytes of any origin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "facts_sample.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define UNDER_ASAN /* clang's way to say it */
#endif
#endif

/* Decodes bytes from a block of exactly their size, so that a sanitizer sees every step past the end. Either they are
 * valid, and then the only spelling of what they say, or ERR_INPUT and out untouched. Returns whether they were. */
static bool check_decode(const void *bytes, size_t length)
{
	struct facts facts, before;
	struct err err = {0};
	struct arena *arena = arena_create();
	unsigned char *copy = malloc(length ? length : 1);
	memcpy(copy, bytes, length);
	memset(&facts, 0x5a, sizeof facts);
	before = facts;
	int result = facts_decode(copy, length, arena, &facts, &err);
	if (result == 0) {
		struct buf again;
		buf_init(&again, BUF_NO_CEILING);
		facts_check(&facts);
		facts_encode(&facts, &again);
		if (copy[3] == FACTS_FORMAT_VERSION) { /* what an older one wrote is written as a newer one */
			assert_int_equal(again.length, length);
			assert_memory_equal(again.data, bytes, length);
		}
		buf_finish(&again);
	} else {
		assert_int_equal(result, ERR_INPUT);
		assert_int_equal(err.code, ERR_INPUT);
		assert_true(err.text[0]);
		assert_memory_equal(&facts, &before, sizeof facts);
	}
	free(copy);
	arena_destroy(arena);
	return result == 0;
}

static struct buf sample(uint64_t seed)
{
	struct buf bytes;
	buf_init(&bytes, BUF_NO_CEILING);
	sample_bytes(seed, 0, &bytes);
	return bytes;
}

/* Format 2 had all tables but the last. */
static void test_format_before(void **state)
{
	(void)state;
	struct facts_builder *builder = facts_builder_create();
	struct facts_file file = {facts_builder_string(builder, "a.c", 3), 7, 5, FILE_MAIN};
	struct buf bytes;
	struct facts facts;
	struct err err = {0};
	struct arena *arena = arena_create();
	facts_builder_add(builder, FACTS_TABLE_files, &file);
	buf_init(&bytes, BUF_NO_CEILING);
	facts_builder_finish(builder, &bytes);
	assert_int_equal(bytes.data[bytes.length - 1], 0); /* no row of the last table */
	bytes.data[3] = 2;
	assert_int_equal(facts_decode(bytes.data, bytes.length, arena, &facts, &err), ERR_INPUT);
	assert_int_equal(facts_decode(bytes.data, bytes.length - 1, arena, &facts, &err), 0);
	assert_int_equal(facts.files_count, 1);
	assert_int_equal(facts.locks_count, 0);
	bytes.data[3] = 1;
	assert_int_equal(facts_decode(bytes.data, bytes.length - 1, arena, &facts, &err), ERR_INPUT);
	buf_finish(&bytes);
	facts_builder_destroy(builder);
	arena_destroy(arena);
}

static void test_truncations(void **state)
{
	(void)state;
	struct buf bytes = sample(4);
	assert_true(check_decode(bytes.data, bytes.length));
	for (size_t length = 0; length < bytes.length; length++)
		assert_false(check_decode(bytes.data, length));
	buf_append_char(&bytes, '\0');
	assert_false(check_decode(bytes.data, bytes.length));
	buf_finish(&bytes);
}

static void test_bit_flips(void **state)
{
	(void)state;
	struct buf bytes = sample(4);
	size_t valid = 0;
	for (size_t bit = 0; bit < bytes.length * 8; bit++) {
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		valid += check_decode(bytes.data, bytes.length);
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	assert_true(valid > 0 && valid < bytes.length * 4); /* both happened */
	buf_finish(&bytes);
}

/* What libclang made of real files. */
static void test_damaged_chunks_of_real_files(void **state)
{
	(void)state;
	static const char *const NAMES[] = {"chunk0", "chunk1", "unit"};
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		char path[4096], *bytes;
		size_t length;
		struct err err = {0};
		snprintf(path, sizeof path, "%s/%s", CORPUS, NAMES[i]);
		if (file_read(path, 1 << 20, &bytes, &length, &err) != 0)
			fail_msg("%s", err.text);
		assert_true(check_decode(bytes, length));
		for (size_t cut = 0; cut < length; cut++)
			assert_false(check_decode(bytes, cut));
		for (size_t bit = 0; bit < length * 8; bit++) {
			bytes[bit / 8] ^= (char)(1 << bit % 8);
			check_decode(bytes, length);
			bytes[bit / 8] ^= (char)(1 << bit % 8);
		}
		free(bytes);
	}
}

static void test_random_damage(void **state)
{
	(void)state;
	uint64_t random = 7;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct buf bytes = sample(seed);
		for (int i = 0; i < 200; i++) {
			char *copy = malloc(bytes.length);
			memcpy(copy, bytes.data, bytes.length);
			for (uint32_t n = 1 + sample_random(&random, 4); n > 0; n--)
				copy[sample_random(&random, (uint32_t)bytes.length)] = (char)sample_random(&random, 256);
			check_decode(copy, bytes.length);
			free(copy);
		}
		buf_finish(&bytes);
	}
}

static void test_not_facts(void **state)
{
	(void)state;
	assert_false(check_decode("", 0));
	assert_false(check_decode("SLF", 3));
	assert_false(check_decode("ELF\1", 4));
	struct buf bytes = sample(1);
	bytes.data[3] = FACTS_FORMAT_VERSION + 1;
	assert_false(check_decode(bytes.data, bytes.length));
	buf_finish(&bytes);
}

/* ---- facts made wrong by hand ---- */

static struct facts_symbol symbols[3];
static struct facts_slot slots[3];
static struct facts_reference references[2];
static struct facts_flow flows[2];
static struct facts_icall icalls[2];
static struct facts_region regions[2];
static struct facts_unit unit;
static struct facts_diagnostic diagnostic;
static const char *strings[4];
static struct facts facts;

/* Small and right: what each case below spoils. */
static void reset(void)
{
	static const char *const names[] = {"a", "ab", "b", "bc"};
	memcpy(strings, names, sizeof strings);
	symbols[0] = (struct facts_symbol){SYMBOL_FUNCTION, SCOPE_EXTERNAL, 0, FACTS_NONE, FACTS_NONE, 0};
	symbols[1] = (struct facts_symbol){SYMBOL_FUNCTION, SCOPE_FILE, 1, 3, FACTS_NONE, 0};
	symbols[2] = (struct facts_symbol){SYMBOL_VARIABLE, SCOPE_LOCAL, 2, FACTS_NONE, 0, 0};
	slots[0] = (struct facts_slot){SLOT_VARIABLE, 2, 0, FACTS_NONE};
	slots[1] = (struct facts_slot){SLOT_PARAMETER, 0, 1, FACTS_NONE};
	slots[2] = (struct facts_slot){SLOT_ICALL_RETURN, FACTS_NONE, 0, 0};
	references[0] = (struct facts_reference){0, 1, REF_CALL, 0, 1, 1};
	references[1] = (struct facts_reference){0, 2, REF_READ, 0, 1, 1};
	flows[0] = (struct facts_flow){0, 1, 1};
	flows[1] = (struct facts_flow){0, 2, 1};
	icalls[0] = (struct facts_icall){0, 0, 0, 1, 1, 1};
	icalls[1] = (struct facts_icall){0, 0, 1, 1, 1, 1};
	regions[0] = (struct facts_region){1, 2, 0};
	regions[1] = (struct facts_region){1, 2, 1};
	unit = (struct facts_unit){0, 0, UNIT_OK, 0, 0, 0, 0};
	diagnostic = (struct facts_diagnostic){DIAGNOSTIC_ERROR, 0, 1, 0};
	facts = (struct facts){
		.strings = strings, .string_count = 4, .symbols = symbols, .symbols_count = 3, .slots = slots,
		.slots_count = 3, .references = references, .references_count = 2, .flows = flows, .flows_count = 2,
		.icalls = icalls, .icalls_count = 2, .regions = regions, .regions_count = 2, .units = &unit,
		.units_count = 1, .diagnostics = &diagnostic, .diagnostics_count = 1,
	};
}

static bool accepted(void)
{
	struct buf bytes;
	buf_init(&bytes, BUF_NO_CEILING);
	facts_encode(&facts, &bytes);
	bool result = check_decode(bytes.data, bytes.length);
	buf_finish(&bytes);
	reset();
	return result;
}

#define REFUSED(spoil) do { reset(); spoil; if (accepted()) fail_msg("accepted: %s", #spoil); } while (0)

static void swap_symbols(void)
{
	struct facts_symbol kept = symbols[0];
	symbols[0] = symbols[1];
	symbols[1] = kept;
}

static void test_right_by_hand(void **state)
{
	(void)state;
	reset();
	assert_true(accepted());
}

static void test_wrong_strings(void **state)
{
	(void)state;
	REFUSED(strings[1] = "a");
	REFUSED(strings[0] = "z");
	REFUSED(strings[1] = "\xff");
	REFUSED((strings[2] = "b\xc3", strings[3] = "b\xc3\xbc"));
	REFUSED((strings[2] = "b\xc3\xbc", strings[3] = "b\xc3z"));
}

static void test_wrong_indices(void **state)
{
	(void)state;
	REFUSED(symbols[1].name_string = 4);
	REFUSED(symbols[1].name_string = FACTS_NONE);
	REFUSED(symbols[1].file_string = 4);
	REFUSED(symbols[2].parent_symbol = 3);
	REFUSED(slots[1].owner_symbol = 3);
	REFUSED(slots[2].through_slot = 3);
	REFUSED(references[0].to_symbol = FACTS_NONE);
	REFUSED(references[1].to_symbol = 3);
	REFUSED(references[1].from_symbol = 3);
	REFUSED(flows[1].source_slot = FACTS_NONE);
	REFUSED(flows[1].source_slot = 3);
	REFUSED(icalls[1].signature_string = 4);
	REFUSED(facts.string_count = 3);
}

static void test_wrong_order(void **state)
{
	(void)state;
	REFUSED(swap_symbols());
	REFUSED((symbols[1] = symbols[0]));
	REFUSED((slots[1] = slots[0]));
	REFUSED((slots[0].owner_symbol = 0, slots[0].kind = SLOT_RETURN));
	REFUSED(references[1] = references[0]);
	REFUSED((references[1] = references[0], references[1].sites = 2)); /* should have been merged */
	REFUSED((icalls[1] = icalls[0], icalls[1].line = 2));
	REFUSED((flows[1] = flows[0], flows[1].line = 2));
	REFUSED(regions[1].condition_string = 0);
	REFUSED(regions[0].line = 2);
}

static void test_wrong_kinds(void **state)
{
	(void)state;
	REFUSED(symbols[0].kind = 0);
	REFUSED(symbols[2].kind = SYMBOL_KIND_END);
	REFUSED(symbols[2].scope = SCOPE_END);
	REFUSED(symbols[0].scope = 0);
	REFUSED(symbols[0].scope = SCOPE_FILE);    /* no file */
	REFUSED(symbols[1].scope = SCOPE_TAG);     /* a file */
	REFUSED(symbols[2].parent_symbol = FACTS_NONE);
	REFUSED(symbols[1].parent_symbol = 0);
	REFUSED(slots[0].kind = 0);
	REFUSED(slots[2].kind = SLOT_KIND_END);
	REFUSED(slots[2].kind = SLOT_UNKNOWN);     /* goes through nothing */
	REFUSED(slots[0].owner_symbol = FACTS_NONE);
	REFUSED(slots[2].owner_symbol = 0);
	REFUSED(references[0].kind = 0);
	REFUSED(references[1].kind = REF_KIND_END);
	REFUSED(unit.status = 0);
	REFUSED(unit.status = UNIT_FAILED + 1);
	REFUSED(diagnostic.kind = 0);
	REFUSED(diagnostic.kind = DIAGNOSTIC_WARNING + 1);
}

static void test_wrong_chains(void **state)
{
	(void)state;
	REFUSED(symbols[2].parent_symbol = 2);
	REFUSED((symbols[1] = symbols[2], symbols[1].parent_symbol = 2, symbols[2].name_string = 3,
		 symbols[2].parent_symbol = 1));
	REFUSED(slots[2].through_slot = 2);
}

static void test_longer_numbers_are_refused(void **state)
{
	(void)state;
	struct buf bytes, longer;
	reset();
	buf_init(&bytes, BUF_NO_CEILING);
	buf_init(&longer, BUF_NO_CEILING);
	facts_encode(&facts, &bytes);
	for (size_t at = 4; at < bytes.length; at++) {
		if ((unsigned char)bytes.data[at] & 0x80)
			continue;
		/* the number that ends here, with a needless zero on top */
		buf_clear(&longer);
		buf_append(&longer, bytes.data, at);
		buf_append_char(&longer, (char)(bytes.data[at] | 0x80));
		buf_append_char(&longer, 0);
		buf_append(&longer, bytes.data + at + 1, bytes.length - at - 1);
		assert_false(check_decode(longer.data, longer.length));
	}
	buf_finish(&bytes);
	buf_finish(&longer);
}

static void test_counts_beyond_the_bytes(void **state)
{
	(void)state;
	static const uint64_t counts[] = {1, 1000, UINT32_MAX, (uint64_t)UINT32_MAX + 1, UINT64_MAX / 24, UINT64_MAX};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct buf bytes;
		buf_init(&bytes, BUF_NO_CEILING);
		buf_append(&bytes, "SLF\2", 4);
		buf_append_varint(&bytes, counts[i]);
		assert_false(check_decode(bytes.data, bytes.length));
		buf_clear(&bytes);
		buf_append(&bytes, "SLF\2\0", 5);
		buf_append_varint(&bytes, counts[i]);
		assert_false(check_decode(bytes.data, bytes.length));
		buf_clear(&bytes);
		buf_append(&bytes, "SLF\2\1", 5); /* one string, of lengths out of range */
		buf_append_varint(&bytes, 0);
		buf_append_varint(&bytes, counts[i]);
		assert_false(check_decode(bytes.data, bytes.length));
		buf_clear(&bytes);
		buf_append(&bytes, "SLF\2\1", 5);
		buf_append_varint(&bytes, counts[i]);
		buf_append_varint(&bytes, 0);
		assert_false(check_decode(bytes.data, bytes.length));
		buf_finish(&bytes);
	}
}

/* Front coding makes few bytes mean many: there is a ceiling, told as such. */
static void test_string_bomb(void **state)
{
	(void)state;
#if defined __SANITIZE_ADDRESS__ || defined UNDER_ASAN
	skip(); /* half a gigabyte is twice as much there */
#endif
	size_t first = (size_t)8 << 20, count = 80;
	struct buf bytes;
	buf_init(&bytes, BUF_NO_CEILING);
	buf_append(&bytes, "SLF\2", 4);
	buf_append_varint(&bytes, count);
	for (size_t i = 0; i < count; i++) {
		buf_append_varint(&bytes, i ? first + i - 1 : 0);
		buf_append_varint(&bytes, i ? 1 : first);
		for (size_t j = 0; j < (i ? 1 : first); j++)
			buf_append_char(&bytes, 'x');
	}
	for (int table = 0; table < FACTS_TABLE_COUNT; table++)
		buf_append_char(&bytes, 0);
	struct arena *arena = arena_create();
	struct facts out;
	struct err err = {0};
	assert_int_equal(facts_decode(bytes.data, bytes.length, arena, &out, &err), ERR_LIMIT);
	assert_int_equal(err.code, ERR_LIMIT);
	assert_true(arena_size(arena) < (size_t)600 << 20);
	arena_destroy(arena);
	buf_finish(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format_before),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_bit_flips),
		cmocka_unit_test(test_damaged_chunks_of_real_files),
		cmocka_unit_test(test_random_damage),
		cmocka_unit_test(test_not_facts),
		cmocka_unit_test(test_right_by_hand),
		cmocka_unit_test(test_wrong_strings),
		cmocka_unit_test(test_wrong_indices),
		cmocka_unit_test(test_wrong_order),
		cmocka_unit_test(test_wrong_kinds),
		cmocka_unit_test(test_wrong_chains),
		cmocka_unit_test(test_longer_numbers_are_refused),
		cmocka_unit_test(test_counts_beyond_the_bytes),
		cmocka_unit_test(test_string_bomb),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
