/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error values: codes, prefixes, one line, and the cut of over-long messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

static void test_set(void **state)
{
	(void)state;
	struct err err = {0};
	assert_int_equal(err_set(&err, ERR_INPUT, "%s: %d", "a.c", 3), ERR_INPUT);
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(err.text, "a.c: 3");
	assert_int_equal(err_set(NULL, ERR_LIMIT, "unseen"), ERR_LIMIT);
	assert_int_equal(err_errno(NULL, ERR_IO, ENOENT, "unseen"), ERR_IO);
}

static void test_prefix_keeps_code_and_message(void **state)
{
	(void)state;
	struct err err = {0};
	err_set(&err, ERR_DATABASE, "is busy");
	assert_int_equal(err_prefix(&err, "model.db"), ERR_DATABASE);
	assert_string_equal(err.text, "model.db: is busy");
	assert_int_equal(err_prefix(&err, "release %s", "v1"), ERR_DATABASE);
	assert_string_equal(err.text, "release v1: model.db: is busy");
}

static void test_errno_appends_reason(void **state)
{
	(void)state;
	struct err err = {0};
	assert_int_equal(err_errno(&err, ERR_IO, EACCES, "x"), ERR_IO);
	assert_int_equal(err.code, ERR_IO);
	char expected[200] = "x: ";
	strcat(expected, strerror(EACCES));
	assert_string_equal(err.text, expected);
}

/* A message of every length around the ceiling: whole where it fits, else full and ending in "...". */
static void check_cut(const struct err *err, size_t whole)
{
	size_t length = strlen(err->text);
	if (whole < sizeof err->text) {
		assert_int_equal(length, whole);
	} else {
		assert_true(length >= sizeof err->text - 7 && length < sizeof err->text);
		assert_string_equal(err->text + length - 3, "...");
	}
}

static void test_cut(void **state)
{
	(void)state;
	char text[2000];
	struct err err;
	memset(text, 'x', sizeof text);
	for (int length = 980; length < 1100; length++) {
		err_set(&err, ERR_INPUT, "%.*s", length, text);
		check_cut(&err, (size_t)length);
		err_errno(&err, ERR_IO, ENOENT, "%.*s", length, text);
		check_cut(&err, (size_t)length + 2 + strlen(strerror(ENOENT)));
		err_set(&err, ERR_INPUT, "why");
		err_prefix(&err, "%.*s", length, text);
		check_cut(&err, (size_t)length + 5);
		err_set(&err, ERR_INPUT, "%.*s", length, text);
		err_prefix(&err, "where");
		check_cut(&err, length > 1023 ? 1023 + 7 : (size_t)length + 7);
		assert_int_equal(strncmp(err.text, "where: xxx", 10), 0);
	}
}

static void test_cut_keeps_characters_whole(void **state)
{
	(void)state;
	struct err err;
	for (int shift = 0; shift < 4; shift++) {
		char text[1300] = "xxx";
		for (size_t at = (size_t)shift; at + 5 < sizeof text; at += 4)
			memcpy(text + at, "\xf0\x9f\x98\x80", 5);
		err_set(&err, ERR_INPUT, "%s", text);
		check_cut(&err, strlen(text));
		assert_true(text_is_utf8(err.text, strlen(err.text)));
	}
}

/* Names of files come from outside: whatever is in them, a message stays one line and drives no terminal. */
static void test_one_line(void **state)
{
	(void)state;
	struct err err;
	err_set(&err, ERR_INPUT, "%s: broken", "a\nb\x1b[31m\r\x7f");
	for (const char *c = err.text; *c; c++)
		assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
	err_prefix(&err, "%s", "c\nd");
	assert_null(strpbrk(err.text, "\n\r\x1b"));
	err_errno(&err, ERR_IO, ENOENT, "%s", "e\nf");
	assert_null(strchr(err.text, '\n'));
	err_set(&err, ERR_INPUT, "%s", "gr\xc3\xbc\xc3\x9f");
	assert_string_equal(err.text, "gr\xc3\xbc\xc3\x9f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_prefix_keeps_code_and_message),
		cmocka_unit_test(test_errno_appends_reason),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_keeps_characters_whole),
		cmocka_unit_test(test_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
