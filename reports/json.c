/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

void json_start(struct json *json, const struct report_output *output, bool is_pretty)
{
	sink_start(&json->sink, output);
	json->depth = 0;
	json->is_pretty = is_pretty;
	json->has_items[0] = false;
	json->closes[0] = 0;
}

static void new_line(struct json *json)
{
	if (!json->is_pretty)
		return;
	sink_put(&json->sink, "\n", 1);
	for (unsigned i = 0; i < json->depth; i++)
		sink_put(&json->sink, "  ", 2);
}

static void escape(struct json *json, const char *text, size_t length)
{
	struct sink *sink = &json->sink;
	sink_put(sink, "\"", 1);
	for (size_t i = 0; i < length;) {
		size_t used, left = length - i;
		char last[5] = ""; /* what is at the very end may not be terminated */
		memcpy(last, text + i, left < 4 ? left : 4);
		uint32_t code = sink_decode(last, &used);
		if (code == '"' || code == '\\')
			sink_printf(sink, "\\%c", (char)code);
		else if (code == '\n')
			sink_string(sink, "\\n");
		else if (code == '\t')
			sink_string(sink, "\\t");
		else if (code == '\r')
			sink_string(sink, "\\r");
		else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 || sink_is_bidi(code))
			sink_printf(sink, "\\u%04x", (unsigned)code);
		else if (code == '/' && i && text[i - 1] == '<')
			sink_string(sink, "\\/");
		else
			sink_character(sink, code);
		i += used;
	}
	sink_put(sink, "\"", 1);
}

/* What comes before a value: a comma, its line, its key. */
static void begin(struct json *json, const char *key)
{
	assert(!key == (json->closes[json->depth] != '}'));
	assert(json->depth || !json->has_items[0]);
	if (json->has_items[json->depth])
		sink_string(&json->sink, json->is_pretty ? "," : ", ");
	json->has_items[json->depth] = true;
	if (json->depth)
		new_line(json);
	if (!key)
		return;
	escape(json, key, strlen(key));
	sink_string(&json->sink, ": ");
}

static void open(struct json *json, const char *key, const char *bracket, char closes)
{
	begin(json, key);
	sink_string(&json->sink, bracket);
	assert(json->depth < JSON_DEPTH);
	json->depth++;
	json->has_items[json->depth] = false;
	json->closes[json->depth] = closes;
}

void json_put_object(struct json *json, const char *key)
{
	open(json, key, "{", '}');
}

void json_put_array(struct json *json, const char *key)
{
	open(json, key, "[", ']');
}

void json_end(struct json *json)
{
	assert(json->depth);
	char bracket = json->closes[json->depth];
	bool had_items = json->has_items[json->depth];
	json->depth--;
	if (had_items)
		new_line(json);
	sink_put(&json->sink, &bracket, 1);
}

void json_put_text(struct json *json, const char *key, const char *text)
{
	if (text)
		json_put_text_sized(json, key, text, strlen(text));
	else
		json_put_null(json, key);
}

void json_put_text_sized(struct json *json, const char *key, const char *text, size_t length)
{
	begin(json, key);
	escape(json, text, length);
}

void json_put_integer(struct json *json, const char *key, int64_t value)
{
	begin(json, key);
	sink_printf(&json->sink, "%" PRId64, value);
}

void json_put_number(struct json *json, const char *key, double value)
{
	begin(json, key);
	if (isfinite(value))
		sink_number(&json->sink, value);
	else
		sink_string(&json->sink, "null");
}

void json_put_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	sink_string(&json->sink, value ? "true" : "false");
}

void json_put_null(struct json *json, const char *key)
{
	begin(json, key);
	sink_string(&json->sink, "null");
}

int json_finish(struct json *json)
{
	assert(!json->depth);
	sink_put(&json->sink, "\n", 1);
	return sink_finish(&json->sink);
}
