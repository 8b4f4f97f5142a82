/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alert.h"

#include <string.h>

#include "json.h"

#define SLACK_EVENTS 20          /* Slack takes 50 blocks in a message; nobody reads that many */
#define SLACK_TEXT 600           /* bytes of one subject or detail: Slack takes 3000 in a section */

static void put_event(struct json *json, const struct alert_event *event)
{
	json_put_text(json, "kind", event->kind);
	json_put_text(json, "severity", event->severity);
	json_put_text(json, "subject", event->subject);
	json_put_text(json, "detail", event->detail);
	json_put_text(json, "file", event->file);
	if (event->line)
		json_put_integer(json, "line", event->line);
	else
		json_put_null(json, "line");
	json_put_text(json, "why", event->why);
	json_put_text(json, "advice", event->advice);
	json_put_bool(json, "improvement", event->is_improvement);
	json_put_text(json, "fingerprint", event->fingerprint);
	json_put_array(json, "evidence");
	for (size_t i = 0; i < event->place_count; i++) {
		const struct alert_place *place = &event->places[i];
		json_put_object(json, NULL);
		json_put_text(json, "symbol", place->symbol);
		json_put_text(json, "from", place->from);
		json_put_text(json, "file", place->file);
		if (place->line)
			json_put_integer(json, "line", place->line);
		else
			json_put_null(json, "line");
		json_end(json);
	}
	json_end(json);
}

static void put_releases(struct json *json, const struct alert *alert)
{
	json_put_text(json, "codebase", alert->codebase);
	json_put_text(json, "from_release", alert->from);
	json_put_text(json, "to_release", alert->to);
}

int report_alert_lines(const struct alert *alert, const struct report_output *output)
{
	int status = 0;
	for (size_t i = 0; !status && i < alert->event_count; i++) {
		struct json json;
		json_start(&json, output, false);
		json_put_object(&json, NULL);
		put_releases(&json, alert);
		put_event(&json, &alert->events[i]);
		json_end(&json);
		status = json_finish(&json);
	}
	return status;
}

int report_alert_json(const struct alert *alert, const struct report_output *output)
{
	struct json json;
	json_start(&json, output, false);
	json_put_object(&json, NULL);
	put_releases(&json, alert);
	json_put_array(&json, "events");
	for (size_t i = 0; i < alert->event_count; i++) {
		json_put_object(&json, NULL);
		put_event(&json, &alert->events[i]);
		json_end(&json);
	}
	json_end(&json);
	json_end(&json);
	return json_finish(&json);
}

/* ---- Slack ---- */

/* A text that is put together; too long ones are cut at a character. */
struct words { char text[2800]; size_t length; };

static void add(struct words *words, const char *text)
{
	size_t length = strlen(text);
	if (words->length + length < sizeof words->text) {
		memcpy(words->text + words->length, text, length + 1);
		words->length += length;
	}
}

/* Foreign text: &, < and > are Slack's own (a name like <!channel> would call everyone), and so is what makes text bold, code or a
 * link of it: an invisible joiner behind such a mark takes its meaning away. */
static void add_foreign(struct words *words, const char *text)
{
	size_t start = words->length;
	for (size_t length; *text; text += length) {
		char one[8] = "";
		uint32_t code = sink_tame(sink_decode(text, &length));
		if (words->length - start > SLACK_TEXT) {
			add(words, "\xE2\x80\xA6");
			return;
		}
		if (code == '&') {
			add(words, "&amp;");
		} else if (code == '<') {
			add(words, "&lt;");
		} else if (code == '>') {
			add(words, "&gt;");
		} else if (code == SINK_REPLACEMENT) {
			add(words, "\xEF\xBF\xBD");
		} else if (code < 0x80) {
			one[0] = code == '\n' ? ' ' : (char)code;
			add(words, one);
			if (strchr("*_~`@#", (int)code))
				add(words, "\xE2\x81\xA0");
		} else if (code >= 0x2400 && code <= 0x2421) { /* what a control byte became */
			one[0] = (char)0xE2;
			one[1] = (char)0x90;
			one[2] = (char)(0x80 | (code & 0x3f));
			add(words, one);
		} else {
			memcpy(one, text, length);
			add(words, one);
		}
	}
}

static void add_number(struct words *words, size_t number)
{
	char digits[24], *at = digits + sizeof digits - 1;
	*at = 0;
	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	add(words, at);
}

static void begin_section(struct json *json, const struct words *words)
{
	json_put_object(json, NULL);
	json_put_text(json, "type", "section");
	json_put_object(json, "text");
	json_put_text(json, "type", "mrkdwn");
	json_put_text(json, "text", words->text);
	json_end(json);
	json_end(json);
}

static const char *emblem(const struct alert_event *event)
{
	if (event->is_improvement)
		return ":large_green_circle: ";
	return !strcmp(event->severity, "critical") || !strcmp(event->severity, "major") ? ":red_circle: " : ":large_yellow_circle: ";
}

static void put_headline(struct json *json, const struct alert *alert)
{
	struct words words = {.length = 0};
	add_number(&words, alert->event_count);
	add(&words, alert->event_count == 1 ? " change" : " changes");
	add(&words, " of architecture in ");
	add_foreign(&words, alert->codebase);
	add(&words, ": ");
	add_foreign(&words, alert->from);
	add(&words, " \xE2\x86\x92 ");
	add_foreign(&words, alert->to);
	json_put_text(json, "text", words.text);
	json_put_array(json, "blocks");
	begin_section(json, &words);
}

static void put_slack_event(struct json *json, const struct alert_event *event)
{
	struct words words = {.length = 0};
	add(&words, emblem(event));
	add(&words, event->severity);
	add(&words, ", ");
	add_foreign(&words, event->kind);
	add(&words, ": ");
	add_foreign(&words, event->subject);
	if (*event->detail) {
		add(&words, "\n");
		add_foreign(&words, event->detail);
	}
	if (event->file) {
		add(&words, "\n");
		add_foreign(&words, event->file);
		if (event->line) {
			add(&words, ":");
			add_number(&words, event->line);
		}
	}
	if (*event->advice) {
		add(&words, "\n");
		add_foreign(&words, event->advice);
	}
	begin_section(json, &words);
}

int report_alert_slack(const struct alert *alert, const struct report_output *output)
{
	struct json json;
	json_start(&json, output, false);
	json_put_object(&json, NULL);
	put_headline(&json, alert);
	for (size_t i = 0; i < alert->event_count && i < SLACK_EVENTS; i++)
		put_slack_event(&json, &alert->events[i]);
	if (alert->event_count > SLACK_EVENTS) {
		struct words words = {.length = 0};
		add(&words, "and ");
		add_number(&words, alert->event_count - SLACK_EVENTS);
		add(&words, " more");
		begin_section(&json, &words);
	}
	json_end(&json);
	json_end(&json);
	return json_finish(&json);
}
