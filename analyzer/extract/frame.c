/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encoding and decoding of what workers send. Knows nothing of sockets or of clang. */
#include "extract/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void frame_append(struct buf *out, enum frame_type type, const void *first, size_t first_length, const void *second,
		  size_t second_length)
{
	if (first_length + second_length > FRAME_CEILING) {
		out->overflow = true;
		return;
	}
	struct frame_header header = {.type = type, .length = (uint32_t)(first_length + second_length)};
	buf_append(out, &header, sizeof header);
	if (first_length)
		buf_append(out, first, first_length);
	if (second_length)
		buf_append(out, second, second_length);
}

static void append_strings(struct buf *out, const char *const *strings, size_t count)
{
	buf_append_varint(out, count);
	for (size_t i = 0; i < count; i++)
		buf_append(out, strings[i], strlen(strings[i]) + 1);
}

void frame_append_unit(struct buf *out, const struct unit_report *report)
{
	struct buf payload;
	buf_init(&payload, FRAME_CEILING);
	buf_append_varint(&payload, report->prefix_used);
	buf_append_varint(&payload, report->status);
	buf_append_varint(&payload, report->facts_length);
	buf_append(&payload, report->facts, report->facts_length);
	append_strings(&payload, report->inputs.files, report->inputs.file_count);
	append_strings(&payload, report->inputs.absent, report->inputs.absent_count);
	if (payload.overflow)
		out->overflow = true;
	else
		frame_append(out, FRAME_UNIT, payload.data, payload.length, NULL, 0);
	buf_finish(&payload);
}

static bool read_strings(const unsigned char **at, const unsigned char *end, const char ***strings, size_t *count)
{
	uint64_t number;
	if (!varint_read(at, end, &number) || number > (size_t)(end - *at))
		return false;
	const char **items = mem_alloc((number + 1) * sizeof *items);
	for (uint64_t i = 0; i < number; i++) {
		const unsigned char *nul = memchr(*at, '\0', (size_t)(end - *at));
		if (!nul) {
			free(items);
			return false;
		}
		items[i] = (const char *)*at;
		*at = nul + 1;
	}
	*strings = items;
	*count = number;
	return true;
}

bool frame_decode_unit(const void *bytes, size_t length, struct unit_report *report)
{
	const unsigned char *at = bytes, *end = at + length;
	uint64_t prefix_used, status, facts_length;
	struct unit_report read = {0};
	if (!varint_read(&at, end, &prefix_used) || !varint_read(&at, end, &status) ||
	    !varint_read(&at, end, &facts_length) || facts_length > (size_t)(end - at))
		return false;
	read.prefix_used = prefix_used != 0;
	read.status = (uint32_t)status;
	read.facts = at;
	read.facts_length = facts_length;
	at += facts_length;
	if (!read_strings(&at, end, &read.inputs.files, &read.inputs.file_count))
		return false;
	if (!read_strings(&at, end, &read.inputs.absent, &read.inputs.absent_count) || at != end) {
		free(read.inputs.files);
		free(read.inputs.absent);
		return false;
	}
	*report = read;
	return true;
}

void unit_report_finish(struct unit_report *report)
{
	free(report->inputs.files);
	free(report->inputs.absent);
	*report = (struct unit_report){0};
}
