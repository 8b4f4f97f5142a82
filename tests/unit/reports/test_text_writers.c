/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON and CSV writers by their headers: what they write is read back in tests/cli by parsers of others. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/csv.h"
#include "reports/json.h"

struct memory { char text[65536]; size_t length, room; };

static int keep(void *context, const void *bytes, size_t length)
{
	struct memory *memory = context;
	if (memory->length + length > memory->room)
		return -7;
	memcpy(memory->text + memory->length, bytes, length);
	memory->length += length;
	memory->text[memory->length] = 0;
	return 0;
}

static struct memory memory;
static const struct report_output output = {keep, &memory};

static int reset(void **state)
{
	(void)state;
	memory.length = 0;
	memory.room = sizeof memory.text - 1;
	memory.text[0] = 0;
	return 0;
}

static void json_nests(void **state)
{
	(void)state;
	struct json json;
	json_start(&json, &output, false);
	json_put_object(&json, NULL);
	json_put_array(&json, "empty");
	json_end(&json);
	json_put_array(&json, "list");
	json_put_integer(&json, NULL, INT64_MIN);
	json_put_number(&json, NULL, 0.1);
	json_put_number(&json, NULL, NAN);
	json_put_bool(&json, NULL, true);
	json_put_text(&json, NULL, NULL);
	json_end(&json);
	json_end(&json);
	assert_int_equal(json_finish(&json), 0);
	assert_string_equal(memory.text, "{\"empty\": [], \"list\": [-9223372036854775808, 0.1, null, true, null]}\n");
}

static void json_indents(void **state)
{
	(void)state;
	struct json json;
	json_start(&json, &output, true);
	json_put_array(&json, NULL);
	json_put_object(&json, NULL);
	json_put_text(&json, "a", "b");
	json_put_integer(&json, "c", 1);
	json_end(&json);
	json_end(&json);
	assert_int_equal(json_finish(&json), 0);
	assert_string_equal(memory.text, "[\n  {\n    \"a\": \"b\",\n    \"c\": 1\n  }\n]\n");
}

static void json_escapes(void **state)
{
	(void)state;
	static const struct { const char *text, *written; } cases[] = {
		{"\"\\/", "\"\\\"\\\\/\""},
		{"a\nb\tc\rd\x01\x1f\x7f", "\"a\\nb\\tc\\rd\\u0001\\u001f\\u007f\""},
		{"</script>", "\"<\\/script>\""},
		{"\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6", "\"\\u2028\\u202e\\u2066\""},
		{"\xc2\x85\xc3\xa9\xf0\x9f\x92\xa9", "\"\\u0085\xc3\xa9\xf0\x9f\x92\xa9\""},
		{"\xff\xc3", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
		{"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* a surrogate */
		{"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                 /* an overlong slash */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct json json;
		reset(NULL);
		json_start(&json, &output, false);
		json_put_text(&json, NULL, cases[i].text);
		assert_int_equal(json_finish(&json), 0);
		memory.text[memory.length - 1] = 0;
		assert_string_equal(memory.text, cases[i].written);
	}
	struct json json;
	reset(NULL);
	json_start(&json, &output, false);
	json_put_text_sized(&json, NULL, "a\0\xe2\x80z", 4); /* ends within a character */
	assert_int_equal(json_finish(&json), 0);
	assert_string_equal(memory.text, "\"a\\u0000\xef\xbf\xbd\xef\xbf\xbd\"\n");
}

static void failures_are_kept(void **state)
{
	(void)state;
	struct json json;
	memory.room = 5000;
	json_start(&json, &output, false);
	json_put_array(&json, NULL);
	for (int i = 0; i < 10000; i++)
		json_put_integer(&json, NULL, i);
	json_end(&json);
	assert_int_equal(json_finish(&json), -7);
	assert_true(memory.length <= 5000);
}

static void csv_quotes(void **state)
{
	(void)state;
	struct csv csv;
	csv_start(&csv, &output, false);
	csv_text(&csv, "plain");
	csv_text(&csv, "a,b");
	csv_text(&csv, "say \"hi\"");
	csv_text(&csv, "two\nlines");
	csv_text(&csv, NULL);
	csv_integer(&csv, -5);
	csv_number(&csv, -0.5);
	csv_end_row(&csv);
	assert_int_equal(csv_finish(&csv), 0);
	assert_string_equal(memory.text, "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",,-5,-0.5\r\n");
}

static void csv_disarms(void **state)
{
	(void)state;
	static const char *const formulas[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", ("\xef\xbc\x9d" "1")};
	for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
		for (int raw = 0; raw < 2; raw++) {
			struct csv csv;
			reset(NULL);
			csv_start(&csv, &output, raw);
			csv_text(&csv, formulas[i]);
			csv_end_row(&csv);
			assert_int_equal(csv_finish(&csv), 0);
			const char *cell = memory.text + (memory.text[0] == '"');
			assert_int_equal(*cell == '\'', !raw);
			assert_memory_equal(cell + !raw, formulas[i], strlen(formulas[i]));
		}
	struct csv csv;
	reset(NULL);
	csv_start(&csv, &output, false);
	csv_text(&csv, "a=b\x01");
	csv_end_row(&csv);
	assert_int_equal(csv_finish(&csv), 0);
	assert_string_equal(memory.text, "a=b\xe2\x90\x81\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(json_nests, reset), cmocka_unit_test_setup(json_indents, reset),
		cmocka_unit_test_setup(json_escapes, reset), cmocka_unit_test_setup(failures_are_kept, reset),
		cmocka_unit_test_setup(csv_quotes, reset), cmocka_unit_test_setup(csv_disarms, reset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
