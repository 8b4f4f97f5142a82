/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int memory_write(void *context, const void *bytes, size_t length)
{
	struct memory *memory = context;
	if (length >= memory->capacity - memory->length) {
		size_t capacity = (memory->capacity + length) * 2 + 64;
		char *text = realloc(memory->text, capacity);
		if (!text)
			return -1;
		memory->text = text;
		memory->capacity = capacity;
	}
	memcpy(memory->text + memory->length, bytes, length);
	memory->length += length;
	memory->text[memory->length] = 0;
	return 0;
}

void memory_clear(struct memory *memory)
{
	memory->length = 0;
	if (memory->text)
		memory->text[0] = 0;
}

void memory_finish(struct memory *memory)
{
	free(memory->text);
	*memory = (struct memory){0};
}

const char *memory_text(const struct memory *memory)
{
	return memory->text ? memory->text : "";
}

static void cut(struct sink *sink, const char *text, size_t limit, bool one_line)
{
	for (size_t count = 1; *text; count++) {
		size_t length;
		uint32_t code = sink_decode(text, &length);
		if (code == '\r' || (one_line && (code == '\n' || code == '\t')))
			code = ' ';
		if (count == limit && text[length]) {
			sink_string(sink, "…");
			return;
		}
		sink_character(sink, sink_tame(code));
		text += length;
	}
}

void text_line(struct sink *sink, const char *text, size_t limit)
{
	cut(sink, text, limit, true);
}

void text_tamed(struct sink *sink, const char *text, size_t limit)
{
	cut(sink, text, limit, false);
}

int text_line_in(struct memory *memory, const char *text, size_t limit)
{
	struct report_output output = {memory_write, memory};
	struct sink sink;
	memory_clear(memory);
	sink_start(&sink, &output);
	text_line(&sink, text, limit);
	return sink_finish(&sink);
}

void text_steps(const char *steps, void (*visit)(void *context, const char *line, size_t length, bool is_step), void *context)
{
	for (const char *line = steps, *end; *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		size_t digits = strspn(line, "0123456789");
		bool is_step = digits && line[digits] == '.' && line[digits + 1] == ' ';
		const char *text = is_step ? line + digits + 2 : line;
		if (end > text)
			visit(context, text, (size_t)(end - text), is_step);
	}
}

void text_effort(char out[32], uint32_t minutes)
{
	unsigned days = minutes / 480, hours = minutes % 480 / 60, rest = minutes % 60;
	if (days)
		snprintf(out, 32, hours ? "%u d %u h" : "%u d", days, hours);
	else if (hours)
		snprintf(out, 32, rest ? "%u h %u min" : "%u h", hours, rest);
	else
		snprintf(out, 32, "%u min", rest);
}

unsigned text_points(uint32_t minutes)
{
	static const struct { uint32_t most; unsigned points; } steps[] = {{60, 1}, {240, 2}, {480, 3}, {960, 5}, {2400, 8}};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (minutes <= steps[i].most)
			return steps[i].points;
	return 13;
}

void text_origin(struct sink *sink, const struct export *export, const struct export_task *task)
{
	sink_string(sink, "sightline ");
	text_line(sink, task->rule, 80);
	sink_string(sink, ", release ");
	text_line(sink, export->release, 120);
	sink_printf(sink, ", priority %.1f, ", task->priority);
	text_line(sink, task->external_id, 200);
}

bool text_score(char out[80], const struct export_task *task)
{
	out[0] = 0;
	if (isfinite(task->score_change) && fabs(task->score_change) >= 0.005)
		snprintf(out, 80, "Expected change of the debt score: %+.2f", task->score_change);
	return out[0] != 0;
}

void text_evidence_count(char out[64], const struct export_task *task)
{
	if (task->evidence_count < task->findings)
		snprintf(out, 64, "first %zu of %u", task->evidence_count, task->findings);
	else
		snprintf(out, 64, "%u", task->findings);
}

bool text_more(char out[128], const struct export_task *task)
{
	out[0] = 0;
	if (task->evidence_count < task->findings)
		snprintf(out, 128, "%zu more: sightline tasks show %.60s", (size_t)task->findings - task->evidence_count, task->key);
	return out[0] != 0;
}

void text_uri(struct sink *sink, const char *path)
{
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~/", c))
			sink_put(sink, path, 1);
		else
			sink_printf(sink, "%%%02X", c);
	}
}
