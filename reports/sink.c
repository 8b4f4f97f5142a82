/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sink_start(struct sink *sink, const struct report_output *output)
{
	sink->output = output;
	sink->status = 0;
	sink->length = 0;
}

static void flush(struct sink *sink)
{
	if (!sink->status && sink->length)
		sink->status = sink->output->write(sink->output->context, sink->bytes, sink->length);
	sink->length = 0;
}

void sink_put(struct sink *sink, const char *bytes, size_t length)
{
	while (length && !sink->status) {
		size_t room = sizeof sink->bytes - sink->length, taken = length < room ? length : room;
		memcpy(sink->bytes + sink->length, bytes, taken);
		sink->length += taken;
		bytes += taken;
		length -= taken;
		if (sink->length == sizeof sink->bytes)
			flush(sink);
	}
}

void sink_string(struct sink *sink, const char *text)
{
	sink_put(sink, text, strlen(text));
}

void sink_printf(struct sink *sink, const char *format, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	sink_string(sink, text);
}

int sink_finish(struct sink *sink)
{
	flush(sink);
	return sink->status;
}

uint32_t sink_decode(const char *text, size_t *length)
{
	static const struct { unsigned char mask, lead; size_t length; uint32_t least; } forms[] = {
		{0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};
	const unsigned char *bytes = (const unsigned char *)text;
	for (size_t i = 0; i < 4; i++) {
		if ((bytes[0] & forms[i].mask) != forms[i].lead)
			continue;
		uint32_t code = bytes[0] & (unsigned char)~forms[i].mask;
		size_t at = 1;
		for (; at < forms[i].length && (bytes[at] & 0xc0) == 0x80; at++)
			code = code << 6 | (bytes[at] & 0x3f);
		if (at == forms[i].length && code >= forms[i].least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) {
			*length = at;
			return code;
		}
	}
	*length = 1;
	return SINK_REPLACEMENT;
}

void sink_character(struct sink *sink, uint32_t code)
{
	char bytes[4];
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = length; i-- > 1; code >>= 6)
		bytes[i] = (char)(0x80 | (code & 0x3f));
	bytes[0] = (char)(length == 1 ? code : (0xf00u >> length & 0xff) | code);
	sink_put(sink, bytes, length);
}

bool sink_is_bidi(uint32_t code)
{
	return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f ||
	       code == 0x061c;
}

uint32_t sink_tame(uint32_t code)
{
	if (code == '\n' || code == '\t')
		return code;
	if (code < 0x20)
		return 0x2400 + code;
	if (code == 0x7f)
		return 0x2421;
	if ((code >= 0x80 && code < 0xa0) || code == 0x2028 || code == 0x2029 || sink_is_bidi(code) ||
	    (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef))
		return SINK_REPLACEMENT;
	return code;
}

void sink_number(struct sink *sink, double value)
{
	char text[40] = "0";
	if (fabs(value) < 1e15 && value == trunc(value)) { /* not 1e+01, which readers of whole numbers refuse */
		sink_printf(sink, "%.0f", value);
		return;
	}
	for (int digits = 1; isfinite(value) && digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	char *comma = strchr(text, ','); /* of some locales */
	if (comma)
		*comma = '.';
	sink_string(sink, text);
}
