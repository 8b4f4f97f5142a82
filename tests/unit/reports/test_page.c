/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page's writer: tables as JSON, data blocks that inflate to just that, a title that is no markup, failures that are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "reports/page.h"

struct memory { char *bytes; size_t length, capacity, limit /* 0: none */; };

static int keep(void *context, const void *bytes, size_t length)
{
	struct memory *memory = context;
	if (memory->limit && memory->length + length > memory->limit)
		return -7;
	if (memory->length + length + 1 > memory->capacity) {
		memory->capacity = (memory->length + length + 1) * 2;
		memory->bytes = realloc(memory->bytes, memory->capacity);
		assert_non_null(memory->bytes);
	}
	memcpy(memory->bytes + memory->length, bytes, length);
	memory->length += length;
	memory->bytes[memory->length] = 0;
	return 0;
}

#define TEXT(n) {.type = REPORT_CELL_TEXT, .text = (n)}
#define INTEGER(n) {.type = REPORT_CELL_INTEGER, .integer = (n)}
#define REAL(n) {.type = REPORT_CELL_REAL, .real = (n)}

static const char *const COLUMNS[] = {"name", "size", "share"};
static const char *const TEXTS[] = {"plain", "</script>\xe2\x80\xae\"\\", "bad \xff byte"};
static const struct report_cell CELLS[] = {
	{.type = REPORT_CELL_NULL}, INTEGER(-3), REAL(0.5), TEXT(1), INTEGER(9007199254740993), REAL(NAN), TEXT(0), {.type = REPORT_CELL_NULL}, REAL(2),
};
static const struct report_table TABLE = {"some.7", COLUMNS, 3, CELLS, 3, TEXTS, 3};
static const char JSON[] = "{\"rows\": 3, \"texts\": [\"plain\", \"<\\/script>\\u202e\\\"\\\\\", \"bad \xef\xbf\xbd byte\"], "
			   "\"columns\": {\"name\": [null, 1, 0], \"size\": [-3, 9007199254740993, null], \"share\": [0.5, null, 2]}, "
			   "\"text_columns\": [\"name\"]}\n";

static void tells_a_table_by_columns(void **state)
{
	(void)state;
	struct memory memory = {0};
	struct report_output output = {keep, &memory};
	assert_int_equal(report_table_json(&TABLE, &output), 0);
	assert_string_equal(memory.bytes, JSON);
	free(memory.bytes);
}

static void tells_an_empty_table(void **state)
{
	(void)state;
	struct memory memory = {0};
	struct report_output output = {keep, &memory};
	struct report_table empty = {.name = "none"};
	assert_int_equal(report_table_json(&empty, &output), 0);
	assert_string_equal(memory.bytes, "{\"rows\": 0, \"texts\": [], \"columns\": {}, \"text_columns\": []}\n");
	free(memory.bytes);
}

static int value_of(char c)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(letters, c) : NULL;
	return at ? (int)(at - letters) : -1;
}

static size_t decode(const char *text, size_t length, unsigned char *out)
{
	size_t count = 0;
	assert_int_equal(length % 4, 0);
	for (size_t i = 0; i < length; i += 4) {
		int values[4];
		for (int k = 0; k < 4; k++)
			values[k] = value_of(text[i + k]);
		out[count++] = (unsigned char)(values[0] << 2 | values[1] >> 4);
		if (text[i + 2] != '=')
			out[count++] = (unsigned char)(values[1] << 4 | values[2] >> 2);
		if (text[i + 3] != '=')
			out[count++] = (unsigned char)(values[2] << 6 | values[3]);
	}
	return count;
}

static int write_page(const char *title, const struct report_table *table, struct memory *memory)
{
	struct report_output output = {keep, memory};
	struct report_error error = {""};
	struct report_page *page = NULL;
	int status = report_page_begin(title, &output, &error, &page);
	assert_non_null(page);
	if (!status)
		status = report_page_table(page, table);
	int ended = report_page_end(page);
	return status ? status : ended;
}

static void blocks_inflate_to_the_table(void **state)
{
	(void)state;
	/* Lengths around each block's edge: every remainder of three, more than one buffer of the encoder and of zlib. */
	for (size_t length = 0; length < 60000; length = length < 40 ? length + 1 : length * 3 + 1) {
		struct memory memory = {0}, json = {0};
		struct report_output output = {keep, &json};
		char *text = malloc(length + 1);
		for (size_t i = 0; i < length; i++)
			text[i] = (char)('a' + (i * i + i / 7 * 13) % 26);
		text[length] = 0;
		const char *texts[] = {text};
		struct report_table table = {"x", COLUMNS, 0, NULL, 0, texts, 1};
		assert_int_equal(write_page("t", &table, &memory), 0);
		assert_int_equal(report_table_json(&table, &output), 0);
		static const char opens[] = "<script type=\"text/plain\" id=\"data:x\">";
		char *start = strstr(memory.bytes, opens);
		assert_non_null(start);
		start += sizeof opens - 1;
		size_t encoded = strspn(start, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
		assert_memory_equal(start + encoded, "</script>", 9);
		unsigned char *packed = malloc(encoded + 1);
		unsigned char *plain = malloc(json.length + 100);
		uLongf plain_length = json.length + 100;
		assert_int_equal(uncompress(plain, &plain_length, packed, decode(start, encoded, packed)), Z_OK);
		assert_int_equal(plain_length, json.length);
		assert_memory_equal(plain, json.bytes, json.length);
		free(packed);
		free(plain);
		free(text);
		free(memory.bytes);
		free(json.bytes);
	}
}

static void a_title_is_no_markup(void **state)
{
	(void)state;
	struct memory memory = {0};
	assert_int_equal(write_page("</title><script>&\xe2\x80\xae\xff", &TABLE, &memory), 0);
	assert_non_null(strstr(memory.bytes, "<title>&lt;/title>&lt;script>&amp;\xef\xbf\xbd\xef\xbf\xbd</title>"));
	assert_null(strstr(memory.bytes, "plain</script>"));
	assert_int_equal(strncmp(memory.bytes, "<!doctype html>", 15), 0);
	assert_string_equal(memory.bytes + memory.length - 8, "</html>\n");
	free(memory.bytes);
}

static void a_failed_write_is_told(void **state)
{
	(void)state;
	struct memory whole = {0};
	assert_int_equal(write_page("t", &TABLE, &whole), 0);
	for (size_t limit = 1; limit < whole.length; limit += limit / 3 + 1) {
		struct memory memory = {.limit = limit};
		assert_int_equal(write_page("t", &TABLE, &memory), -7);
		free(memory.bytes);
	}
	free(whole.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_a_table_by_columns), cmocka_unit_test(tells_an_empty_table), cmocka_unit_test(blocks_inflate_to_the_table),
		cmocka_unit_test(a_title_is_no_markup), cmocka_unit_test(a_failed_write_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
