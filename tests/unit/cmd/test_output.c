/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as JSON, CSV and tables, and foreign text on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/output.h"
#include "cmd/terminal.h"

static void assert_json(const char *text, size_t length, const char *wanted)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	output_json_string(&out, text, length);
	assert_string_equal(out.data, wanted);
	buf_finish(&out);
}

static void json_strings(void **state)
{
	(void)state;
	assert_json("", 0, "\"\"");
	assert_json("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
	assert_json("\n\t\r\b\x1b\x7f", 6, "\"\\n\\t\\u000d\\u0008\\u001b\\u007f\"");
	assert_json("a\0b", 3, "\"a\\u0000b\"");
	assert_json("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", 9, "\"\\u2028\\u2029\xe2\x80\xaa\"");
	assert_json("gr\xc3\xbc\xf0\x9f\x98\x80", 8, "\"gr\xc3\xbc\xf0\x9f\x98\x80\"");
	/* No UTF-8: a lone byte, one cut short, an overlong one, a surrogate, past U+10FFFF. */
	assert_json("\xff", 1, "\"\\\\xff\"");
	assert_json("\xc3", 1, "\"\\\\xc3\"");
	assert_json("\xc0\xaf", 2, "\"\\\\xc0\\\\xaf\"");
	assert_json("\xed\xa0\x80", 3, "\"\\\\xed\\\\xa0\\\\x80\"");
	assert_json("\xf4\x90\x80\x80", 4, "\"\\\\xf4\\\\x90\\\\x80\\\\x80\"");
}

static void assert_terminal(const char *text, size_t length, const char *wanted, size_t columns)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	terminal_append(&out, text, length);
	assert_string_equal(out.data ? out.data : "", wanted);
	assert_int_equal(terminal_columns(wanted, strlen(wanted)), columns);
	buf_finish(&out);
}

static void text_on_a_terminal(void **state)
{
	(void)state;
	assert_terminal("", 0, "", 0);
	assert_terminal("abc", 3, "abc", 3);
	assert_terminal("\x1b[31m", 5, "\\x1b[31m", 8);
	assert_terminal("a\nb", 3, "a\\x0ab", 6);
	assert_terminal("\x7f\0", 2, "\\x7f\\x00", 8);
	assert_terminal("\xff", 1, "\\xff", 4);
	assert_terminal("\xc2\x9b", 2, "\\xc2\\x9b", 8); /* the one-character form of ESC [ */
	assert_terminal("gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc\xc3\x9f", 4);
	assert_terminal("\xe6\x97\xa5\xe6\x9c\xac", 6, "\xe6\x97\xa5\xe6\x9c\xac", 4);  /* wide: two columns each */
	assert_terminal("e\xcc\x81", 3, "e\xcc\x81", 1);                             /* combining: none */
}

static void formats_are_named(void **state)
{
	(void)state;
	enum output_format format;
	struct err err = {0};
	assert_int_equal(output_format_parse(NULL, &format, &err), 0);
	assert_int_equal(format, OUTPUT_TABLE);
	assert_int_equal(output_format_parse("csv", &format, &err), 0);
	assert_int_equal(format, OUTPUT_CSV);
	assert_int_equal(output_format_parse("json", &format, &err), 0);
	assert_int_equal(format, OUTPUT_JSON);
	assert_int_equal(output_format_parse("JSON", &format, &err), ERR_INPUT);
	assert_int_equal(output_format_parse("", &format, &err), ERR_INPUT);
}

static struct model *model;
static char folder[] = "/tmp/sightline-output-XXXXXX", path[64];

static int open_model(void **state)
{
	(void)state;
	struct err err = {0};
	setlocale(LC_CTYPE, "C.UTF-8");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/m.db", folder);
	return model_open(path, MODEL_WRITE, &model, &err);
}

static int close_model(void **state)
{
	(void)state;
	model_close(model);
	unlink(path);
	return rmdir(folder);
}

static void assert_prints(const char *sql, enum output_format format, bool hide_release, const char *wanted)
{
	struct rows *rows = NULL;
	struct err err = {0};
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	assert_int_equal(model_query_foreign(model, sql, NULL, 0, 0, &rows, &err), 0);
	assert_int_equal(output_rows(stream, rows, format, hide_release, "no rows", stream, &err), 0);
	rows_close(rows);
	fclose(stream);
	assert_string_equal(text, wanted);
	free(text);
}

static void rows_in_each_format(void **state)
{
	(void)state;
	const char *sql = "SELECT 'r' AS release, 'a,\"b' AS text, 1.50 AS real, NULL AS none, 7 AS n UNION ALL SELECT 'r', 'x\ny', 2, 'z', 10";
	assert_prints(sql, OUTPUT_JSON, true,
		      "[\n  {\"release\": \"r\", \"text\": \"a,\\\"b\", \"real\": 1.5, \"none\": null, \"n\": 7},\n"
		      "  {\"release\": \"r\", \"text\": \"x\\ny\", \"real\": 2, \"none\": \"z\", \"n\": 10}\n]\n");
	assert_prints(sql, OUTPUT_CSV, true, "release,text,real,none,n\r\nr,\"a,\"\"b\",1.5,,7\r\nr,\"x\ny\",2,z,10\r\n");
	assert_prints(sql, OUTPUT_TABLE, true, "text    real  none   n\na,\"b     1.5         7\nx\\x0ay     2  z     10\n");
	assert_prints(sql, OUTPUT_TABLE, false,
		      "release  text    real  none   n\nr        a,\"b     1.5         7\nr        x\\x0ay     2  z     10\n");
	assert_prints("SELECT 1 AS a WHERE 0", OUTPUT_JSON, false, "[]\n");
	assert_prints("SELECT 1 AS a WHERE 0", OUTPUT_CSV, false, "a\r\n");
	assert_prints("SELECT 1 AS a WHERE 0", OUTPUT_TABLE, false, "no rows\n");
	assert_prints("SELECT 1e999 AS a, 0.1 AS b, 1e-7 AS c, 123456789.125 AS d", OUTPUT_JSON, false,
		      "[\n  {\"a\": null, \"b\": 0.1, \"c\": 1e-07, \"d\": 123456789.125}\n]\n");
	assert_prints("SELECT '' AS \"\x1b[1m\"", OUTPUT_TABLE, false, "\\x1b[1m\n\n");
	assert_prints("SELECT '\xe6\x97\xa5' AS a, 'x' AS b UNION ALL SELECT 'abc', 'y'", OUTPUT_TABLE, false,
		      "a    b\n\xe6\x97\xa5   x\nabc  y\n");
}

static void a_full_disk_is_told(void **state)
{
	(void)state;
	for (int format = OUTPUT_TABLE; format <= OUTPUT_CSV; format++) {
		struct rows *rows = NULL;
		struct err err = {0};
		FILE *stream = fopen("/dev/full", "we");
		if (!stream)
			skip();
		assert_int_equal(model_query_foreign(model, "SELECT 1 AS a", NULL, 0, 0, &rows, &err), 0);
		assert_int_equal(output_rows(stream, rows, (enum output_format)format, false, NULL, stream, &err), ERR_IO);
		rows_close(rows);
		fclose(stream);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_strings), cmocka_unit_test(text_on_a_terminal), cmocka_unit_test(formats_are_named),
		cmocka_unit_test(rows_in_each_format), cmocka_unit_test(a_full_disk_is_told),
	};
	return cmocka_run_group_tests(tests, open_model, close_model);
}
