/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The growing buffer, its ceiling, and varints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void test_appends_and_terminates(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, BUF_NO_CEILING);
	buf_append_string(&buf, "ab");
	assert_string_equal(buf.data, "ab");
	buf_append_char(&buf, '\0');
	buf_append(&buf, "cd", 2);
	buf_append(&buf, NULL, 0);
	assert_int_equal(buf.length, 5);
	assert_memory_equal(buf.data, "ab\0cd", 6);
	buf_printf(&buf, "%d-%s", 42, "x");
	assert_memory_equal(buf.data, "ab\0cd42-x", 10);
	buf_finish(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.length, 0);
	assert_int_equal(buf.capacity, 0);
	assert_int_equal(buf.ceiling, BUF_NO_CEILING);
}

static void test_grows_far(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, BUF_NO_CEILING);
	for (int i = 0; i < 100000; i++)
		buf_append_char(&buf, (char)('a' + i % 26));
	assert_int_equal(buf.length, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	assert_int_equal(buf.data[100000], 0);
	buf_finish(&buf);
}

static void test_ceiling_is_exact_and_append_is_whole(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 4);
	buf_append(&buf, "abcd", 4);
	assert_false(buf.overflow);
	buf_append_char(&buf, 'e');
	assert_true(buf.overflow);
	assert_int_equal(buf.length, 4);
	assert_string_equal(buf.data, "abcd");
	buf_clear(&buf);
	assert_false(buf.overflow);
	buf_append(&buf, "abcde", 5);
	assert_true(buf.overflow);
	assert_int_equal(buf.length, 0);
	buf_clear(&buf);
	buf_printf(&buf, "%s", "abcde");
	assert_true(buf.overflow);
	assert_int_equal(buf.length, 0);
	buf_clear(&buf);
	buf_printf(&buf, "%s", "abcd");
	assert_false(buf.overflow);
	assert_string_equal(buf.data, "abcd");
	buf_finish(&buf);
	assert_int_equal(buf.ceiling, 4);
}

static void test_huge_length_does_not_wrap(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, BUF_NO_CEILING);
	buf_append_string(&buf, "x");
	buf_append(&buf, "y", SIZE_MAX); /* must be refused before a byte is read */
	assert_true(buf.overflow);
	assert_string_equal(buf.data, "x");
	buf_finish(&buf);
}

static void test_clear_keeps_memory(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, BUF_NO_CEILING);
	buf_append_string(&buf, "something");
	const char *data = buf.data;
	buf_clear(&buf);
	assert_ptr_equal(buf.data, data);
	assert_int_equal(buf.length, 0);
	assert_string_equal(buf.data, "");
	buf_finish(&buf);
}

static void test_take_moves_ownership(void **state)
{
	(void)state;
	struct buf buf;
	size_t length = 99;
	buf_init(&buf, BUF_NO_CEILING);
	char *empty = buf_take(&buf, &length);
	assert_non_null(empty);
	assert_string_equal(empty, "");
	assert_int_equal(length, 0);
	free(empty);
	buf_append_string(&buf, "abc");
	char *text = buf_take(&buf, NULL);
	assert_string_equal(text, "abc");
	assert_null(buf.data);
	assert_int_equal(buf.length, 0);
	buf_append_string(&buf, "d");
	assert_string_equal(text, "abc");
	free(text);
	buf_finish(&buf);
}

static void test_varint_round_trip(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, BUF_NO_CEILING);
	uint64_t values[64 * 3 + 1];
	size_t count = 0;
	for (int bit = 0; bit < 64; bit++) {
		values[count++] = ((uint64_t)1 << bit) - 1;
		values[count++] = (uint64_t)1 << bit;
		values[count++] = ((uint64_t)1 << bit) + 1;
	}
	values[count++] = UINT64_MAX;
	for (size_t i = 0; i < count; i++)
		buf_append_varint(&buf, values[i]);
	const unsigned char *at = (const unsigned char *)buf.data, *end = at + buf.length;
	for (size_t i = 0; i < count; i++) {
		uint64_t value;
		assert_true(varint_read(&at, end, &value));
		assert_true(value == values[i]);
	}
	assert_ptr_equal(at, end);
	buf_finish(&buf);
}

static void test_varint_bytes_are_leb128(void **state)
{
	(void)state;
	static const struct { uint64_t value; const char *bytes; size_t length; } cases[] = {
		{0, "\x00", 1}, {127, "\x7f", 1}, {128, "\x80\x01", 2}, {624485, "\xe5\x8e\x26", 3},
		{UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf buf;
		buf_init(&buf, BUF_NO_CEILING);
		buf_append_varint(&buf, cases[i].value);
		assert_int_equal(buf.length, cases[i].length);
		assert_memory_equal(buf.data, cases[i].bytes, cases[i].length);
		buf_finish(&buf);
	}
}

static void test_varint_past_ceiling_appends_nothing(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 1);
	buf_append_varint(&buf, 128);
	assert_true(buf.overflow);
	assert_int_equal(buf.length, 0);
	buf_finish(&buf);
}

static void test_varint_refuses(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t length; } cases[] = {
		{"", 0}, {"\x80", 1}, {"\xff\xff\xff", 3},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10}, /* 65 bits */
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10},
		{"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const unsigned char *at = (const unsigned char *)cases[i].bytes;
		uint64_t value = 7;
		assert_false(varint_read(&at, at + cases[i].length, &value));
		assert_true(value == 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appends_and_terminates),
		cmocka_unit_test(test_grows_far),
		cmocka_unit_test(test_ceiling_is_exact_and_append_is_whole),
		cmocka_unit_test(test_huge_length_does_not_wrap),
		cmocka_unit_test(test_clear_keeps_memory),
		cmocka_unit_test(test_take_moves_ownership),
		cmocka_unit_test(test_varint_round_trip),
		cmocka_unit_test(test_varint_bytes_are_leb128),
		cmocka_unit_test(test_varint_past_ceiling_appends_nothing),
		cmocka_unit_test(test_varint_refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
