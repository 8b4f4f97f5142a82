/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events on their way to a command, a webhook and Slack. That what comes out is JSON is told by jansson, which did not write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/alert.h"

struct text { char bytes[1 << 18]; size_t length; };

static int append(void *context, const void *bytes, size_t length)
{
	struct text *text = context;
	assert_true(text->length + length < sizeof text->bytes);
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = 0;
	return 0;
}

#define HOSTILE "<!channel> & *bold* `code` \"quoted\" \x1b[31m \xff\xe2\x80\xae</script>\nnext"

static const struct alert_place places[] = {{"f", "g", "a.c", 7}, {"", "", "b.c", 0}};
static struct alert_event events[60];

static struct alert make(size_t count)
{
	for (size_t i = 0; i < 60; i++)
		events[i] = (struct alert_event){.kind = "dependency_added", .severity = i ? "minor" : "critical", .subject = i ? "net -> store" : HOSTILE,
						 .detail = "d", .why = "w", .advice = "", .file = i ? "a.c" : NULL, .line = i ? 7 : 0,
						 .fingerprint = "0123", .places = places, .place_count = i == 1 ? 2 : 0};
	return (struct alert){"a <codebase>", "v1", "v2", events, count};
}

static json_t *parse(const char *bytes, size_t length)
{
	json_error_t error;
	json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		fail_msg("%s at %d: %.200s", error.text, error.position, bytes);
	return root;
}

static const char *string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	assert_non_null(text);
	return text;
}

static void lines_are_one_object_each(void **state)
{
	(void)state;
	static struct text text;
	text.length = 0;
	struct alert alert = make(3);
	struct report_output output = {append, &text};
	assert_int_equal(report_alert_lines(&alert, &output), 0);
	char *at = text.bytes;
	for (int i = 0; i < 3; i++) {
		char *end = strchr(at, '\n');
		assert_non_null(end);
		json_t *event = parse(at, (size_t)(end - at));
		assert_string_equal(string_of(event, "from_release"), "v1");
		assert_string_equal(string_of(event, "severity"), i ? "minor" : "critical");
		assert_int_equal(json_array_size(json_object_get(event, "evidence")), i == 1 ? 2 : 0);
		assert_true(json_is_null(json_object_get(event, "line")) == (i == 0));
		json_decref(event);
		at = end + 1;
	}
	assert_int_equal(*at, 0);
	assert_null(strchr(text.bytes, '\x1b'));
}

static void a_webhook_gets_one_object(void **state)
{
	(void)state;
	static struct text text;
	text.length = 0;
	struct alert alert = make(60);
	struct report_output output = {append, &text};
	assert_int_equal(report_alert_json(&alert, &output), 0);
	json_t *root = parse(text.bytes, text.length);
	assert_int_equal(json_array_size(json_object_get(root, "events")), 60);
	assert_string_equal(string_of(root, "codebase"), "a <codebase>");
	json_decref(root);
}

/* Within what Slack takes, and without power over whoever reads it. */
static void slack_gets_a_message(void **state)
{
	(void)state;
	static struct text text;
	text.length = 0;
	struct alert alert = make(60);
	struct report_output output = {append, &text};
	assert_int_equal(report_alert_slack(&alert, &output), 0);
	json_t *root = parse(text.bytes, text.length), *blocks = json_object_get(root, "blocks");
	assert_string_equal(string_of(root, "text"), "60 changes of architecture in a &lt;codebase&gt;: v1 \xe2\x86\x92 v2");
	assert_int_equal(json_array_size(blocks), 22); /* a headline, twenty events, how many more */
	for (size_t i = 0; i < json_array_size(blocks); i++) {
		const json_t *words = json_object_get(json_array_get(blocks, i), "text");
		assert_string_equal(string_of(words, "type"), "mrkdwn");
		assert_true(strlen(string_of(words, "text")) <= 3000);
		assert_null(strchr(string_of(words, "text"), '<'));
	}
	const char *first = string_of(json_object_get(json_array_get(blocks, 1), "text"), "text");
	assert_non_null(strstr(first, "&lt;!channel&gt; &amp; *\xe2\x81\xa0"));
	assert_null(strstr(first, "*bold*"));
	assert_null(strstr(first, "\xe2\x80\xae"));
	assert_string_equal(string_of(json_object_get(json_array_get(blocks, 21), "text"), "text"), "and 40 more");
	json_decref(root);
}

static void long_texts_are_cut(void **state)
{
	(void)state;
	static struct text text;
	static char endless[20000];
	text.length = 0;
	memset(endless, '&', sizeof endless - 1);
	struct alert alert = make(1);
	events[0].subject = events[0].detail = events[0].file = events[0].advice = endless;
	struct report_output output = {append, &text};
	assert_int_equal(report_alert_slack(&alert, &output), 0);
	json_t *root = parse(text.bytes, text.length);
	const json_t *words = json_object_get(json_array_get(json_object_get(root, "blocks"), 1), "text");
	assert_true(strlen(string_of(words, "text")) <= 3000);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_one_object_each), cmocka_unit_test(a_webhook_gets_one_object),
					   cmocka_unit_test(slack_gets_a_message), cmocka_unit_test(long_texts_are_cut)};
	return cmocka_run_group_tests_name("reports/alert", tests, NULL, NULL);
}
