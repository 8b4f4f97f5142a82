/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines, read by an option table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cmd/options.h"

static const struct option_spec table[] = {
	{'r', "release", "NAME", "a name"}, {0, "strict", NULL, "a switch"}, {'x', "extra", NULL, "another"}, {0, NULL, NULL, NULL},
};
static const struct command_spec command = {.name = "test", .options = table};

#define PARSE(options, err, ...)                                                      \
	options_parse(&command, (int)(sizeof (char *[]){"test", __VA_ARGS__} / sizeof(char *)), \
		      (char *[]){"test", __VA_ARGS__}, options, err)

static void values_in_every_spelling(void **state)
{
	(void)state;
	struct options options;
	struct err err = {0};
	assert_int_equal(PARSE(&options, &err, "--release", "a"), 0);
	assert_string_equal(options_value(&options, "release"), "a");
	options_finish(&options);
	assert_int_equal(PARSE(&options, &err, "--release=b=c"), 0);
	assert_string_equal(options_value(&options, "release"), "b=c");
	options_finish(&options);
	assert_int_equal(PARSE(&options, &err, "--release="), 0);
	assert_string_equal(options_value(&options, "release"), "");
	options_finish(&options);
	assert_int_equal(PARSE(&options, &err, "-r", "--strict"), 0); /* a value may look like an option */
	assert_string_equal(options_value(&options, "release"), "--strict");
	assert_false(options_has(&options, "strict"));
	options_finish(&options);
	assert_int_equal(PARSE(&options, &err, "-rx", "-r", "last"), 0);
	assert_string_equal(options_value(&options, "release"), "last");
	assert_int_equal(options.value_count, 2);
	options_finish(&options);
}

static void operands_and_common_options(void **state)
{
	(void)state;
	struct options options;
	struct err err = {0};
	assert_int_equal(PARSE(&options, &err, "one", "--strict", "-", "-q", "--", "--release", "-x"), 0);
	assert_int_equal(options.operand_count, 4);
	assert_string_equal(options.operands[0], "one");
	assert_string_equal(options.operands[1], "-");
	assert_string_equal(options.operands[2], "--release");
	assert_string_equal(options.operands[3], "-x");
	assert_true(options_has(&options, "strict"));
	assert_true(options_has(&options, "quiet"));
	assert_false(options_has(&options, "release"));
	assert_null(options_value(&options, "release"));
	assert_null(options_value(&options, "db"));
	options_finish(&options);
	assert_int_equal(PARSE(&options, &err, "--db", "x"), 0);
	assert_string_equal(options_value(&options, "db"), "x");
	options_finish(&options);
}

static void mistakes_are_named(void **state)
{
	(void)state;
	static const struct { char *argument; const char *says; } cases[] = {
		{"--relase=x", "--release"}, {"--stric", "--strict"}, {"--quite", "--quiet"}, {"--", NULL}, {"--zzzzzzzzzzzz", "--help"},
		{"-z", "-z"}, {"--strict=1", "takes no value"}, {"-xy", "takes no value"}, {"--release", "needs a value"},
		{"-r", "needs a value"}, {"--=x", "unknown option"}, {"---", "unknown option"}, {"--rel", "unknown option"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct options options = {0};
		struct err err = {0};
		int result = PARSE(&options, &err, cases[i].argument);
		if (!cases[i].says) {
			assert_int_equal(result, 0);
			options_finish(&options);
			continue;
		}
		assert_int_equal(result, ERR_INPUT);
		assert_null(options.values); /* untouched */
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].argument, err.text);
	}
}

static void a_very_long_option(void **state)
{
	(void)state;
	char argument[5000] = "--";
	memset(argument + 2, 'r', sizeof argument - 3);
	struct options options;
	struct err err = {0};
	assert_int_equal(PARSE(&options, &err, argument), ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_in_every_spelling), cmocka_unit_test(operands_and_common_options),
		cmocka_unit_test(mistakes_are_named), cmocka_unit_test(a_very_long_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
