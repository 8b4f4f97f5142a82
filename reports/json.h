/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON, streamed: commas, indentation and escapes are seen to here. Nothing is allocated.
 *
 *   struct json json;
 *   json_start(&json, output, true);
 *   json_put_object(&json, NULL);
 *   json_put_text(&json, "name", name);
 *   json_put_array(&json, "lines");
 *   json_put_integer(&json, NULL, 7);
 *   json_end(&json);
 *   json_end(&json);
 *   return json_finish(&json);
 *
 * key: within an object, else NULL. Names of jansson's (json_object, json_integer, ...) must not be taken: it is linked, too. */
#ifndef SIGHTLINE_REPORTS_JSON_H
#define SIGHTLINE_REPORTS_JSON_H

#include "sink.h"

#define JSON_DEPTH 40 /* most levels that can be open; asserted */

struct json {
	struct sink sink;
	unsigned depth;
	bool is_pretty;
	bool has_items[JSON_DEPTH + 1];
	char closes[JSON_DEPTH + 1];
};

void json_start(struct json *json, const struct report_output *output, bool is_pretty /* else all on one line */);
void json_put_object(struct json *json, const char *key);
void json_put_array(struct json *json, const char *key);
void json_end(struct json *json); /* of the object or array opened last */

/* Control bytes, DEL, bidi controls and U+2028/2029 are escaped, and "</" too, so that the text may stand in a page's <script>;
 * bytes that are not UTF-8 become U+FFFD. text NULL is null. */
void json_put_text(struct json *json, const char *key, const char *text);
void json_put_text_sized(struct json *json, const char *key, const char *text, size_t length); /* may hold NUL bytes */
void json_put_integer(struct json *json, const char *key, int64_t value);
void json_put_number(struct json *json, const char *key, double value); /* null where it is no finite number */
void json_put_bool(struct json *json, const char *key, bool value);
void json_put_null(struct json *json, const char *key);

int json_finish(struct json *json); /* everything must be closed; ends the line; returns what write() did */

#endif
