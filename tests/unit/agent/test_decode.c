/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "agent/decode.h"

struct expectation { const char *bytes; uint8_t size; uint8_t kind; uint8_t relative_at, rip_at; int32_t value; };

static void tells_what_an_instruction_is(void **state)
{
	(void)state;
	static const struct expectation known[] = {
		{"\x90", 1, INSTRUCTION_NOP, 0, 0, 0},
		{"\xf3\x90", 2, INSTRUCTION_PLAIN, 0, 0, 0},                      /* pause */
		{"\x66\x2e\x0f\x1f\x84\0\0\0\0\0", 10, INSTRUCTION_NOP, 0, 0, 0},
		{"\xe8\x10\0\0\0", 5, INSTRUCTION_CALL, 1, 0, 16},
		{"\xf2\xe9\xfb\xff\xff\xff", 6, INSTRUCTION_JUMP, 2, 0, -5},     /* bnd */
		{"\x74\x80", 2, INSTRUCTION_CONDITION, 1, 0, -128},
		{"\x0f\x8f\x01\0\0\0", 6, INSTRUCTION_CONDITION, 2, 0, 1},
		{"\xe2\xfe", 2, INSTRUCTION_LOOP, 1, 0, -2},
		{"\xc7\xf8\x04\0\0\0", 6, INSTRUCTION_LOOP, 2, 0, 4},            /* xbegin */
		{"\xff\x15\x08\0\0\0", 6, INSTRUCTION_CALL_INDIRECT, 0, 2, 8},
		{"\x3e\xff\xe0", 3, INSTRUCTION_JUMP_INDIRECT, 0, 0, 0},         /* notrack */
		{"\xf3\xc3", 2, INSTRUCTION_RETURN, 0, 0, 0},
		{"\xc2\x08\0", 3, INSTRUCTION_RETURN, 0, 0, 0},
		{"\x0f\x05", 2, INSTRUCTION_SYSTEM, 0, 0, 0},
		{"\x0f\x0b", 2, INSTRUCTION_STOP, 0, 0, 0},
		{"\x48\x8b\x05\xf0\xff\xff\xff", 7, INSTRUCTION_PLAIN, 0, 3, -16},
		{"\x48\xb8\1\2\3\4\5\6\7\x08", 10, INSTRUCTION_PLAIN, 0, 0, 0},  /* movabs */
		{"\x66\xb8\1\2", 4, INSTRUCTION_PLAIN, 0, 0, 0},
		{"\xf7\x05\x01\0\0\0\x02\0\0\0", 10, INSTRUCTION_PLAIN, 0, 2, 1}, /* test with an immediate behind */
		{"\xf7\xd8", 2, INSTRUCTION_PLAIN, 0, 0, 0},                     /* neg: none */
		{"\xc5\xf8\x77", 3, INSTRUCTION_PLAIN, 0, 0, 0},                 /* vzeroupper */
		{"\xc4\xe3\x75\x0f\x05\x04\0\0\0\x08", 10, INSTRUCTION_PLAIN, 0, 5, 4}, /* vpalignr, rip */
		{"\x62\xf1\x7c\x48\x28\x40\x01", 7, INSTRUCTION_PLAIN, 0, 0, 0},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const struct expectation *wanted = &known[i];
		struct instruction got;
		assert_true(decode_instruction((const uint8_t *)wanted->bytes, wanted->size, &got));
		assert_int_equal(got.length, wanted->size);
		assert_int_equal(got.kind, wanted->kind);
		assert_int_equal(got.relative_at, wanted->relative_at);
		assert_int_equal(got.rip_at, wanted->rip_at);
		if (got.relative_at || got.rip_at)
			assert_int_equal(got.value, wanted->value);
		/* Cut by a byte it is none, and nothing behind its end is read. */
		assert_false(decode_instruction((const uint8_t *)wanted->bytes, wanted->size - 1u, &got));
	}
}

static void refuses_what_it_does_not_know(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t size; } unknown[] = {
		{"\x06", 1}, {"\xea\0\0\0\0\0\0", 7}, {"\xd5\x01\x01\xc0", 4}, /* 32-bit ones, APX */
		{"\x66\xe9\x01\x02\x03\x04", 6}, {"\x66\x0f\x84\x01\x02\x03\x04", 7}, /* two bytes or four? */
		{"\x48\x66\x90", 3}, {"\xff\x2d\0\0\0\0", 6}, {"\x62\xf9\x7c\x48\x28\x40\x01", 7},
		{"\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x90", 16}, {"", 0}};
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
		struct instruction got;
		assert_false(decode_instruction((const uint8_t *)unknown[i].bytes, unknown[i].size, &got));
	}
}

static void simple_runs_end_before_branches(void **state)
{
	(void)state;
	uint8_t code[128];
	memset(code, 0x90, sizeof code);
	memcpy(code, "\x55\x48\x89\xe5\x66\x81\xc0\x01\x02\x8b\x05\0\0\0\0\x0f\xb6\xc0\xe8\0\0\0\0", 23);
	assert_int_equal(decode_simple(code, sizeof code), 18);
	assert_int_equal(decode_simple(code, 20), 0); /* too near the end: the careful way has to do it */
}

static void knows_endbr64(void **state)
{
	(void)state;
	struct instruction got;
	assert_true(decode_instruction((const uint8_t *)"\xf3\x0f\x1e\xfa", 4, &got));
	assert_true(got.is_endbr);
	assert_true(decode_instruction((const uint8_t *)"\x0f\x1e\xfa", 3, &got));
	assert_false(got.is_endbr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tells_what_an_instruction_is),
					   cmocka_unit_test(refuses_what_it_does_not_know),
					   cmocka_unit_test(simple_runs_end_before_branches), cmocka_unit_test(knows_endbr64)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
