/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages about a configuration; what is right or wrong in one is config.c's and yaml.c's to know. */
#include "config/complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

int complaint_set(const struct complaint *complaint, struct position at, const char *format, ...)
{
	char message[768];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	return err_set(complaint->err, ERR_INPUT, "%s:%u:%u: %s", complaint->name, at.line, at.column, message);
}

struct complaint_quote complaint_quote(const char *text, size_t length)
{
	struct complaint_quote quote;
	char *out = quote.text;
	size_t used = 0, at = 0;
	out[used++] = '"';
	while (at < length) {
		size_t valid = text_utf8_length(text + at, length - at);
		unsigned char byte = (unsigned char)text[at];
		bool shown = valid && byte >= 0x20 && byte != 0x7f;
		size_t need = shown ? valid : 4;
		if (used + need > COMPLAINT_QUOTE_BYTES)
			break;
		if (shown)
			memcpy(out + used, text + at, valid);
		else
			snprintf(out + used, 5, "\\x%02x", byte);
		used += need;
		at += shown ? valid : 1;
	}
	snprintf(out + used, sizeof quote.text - used, "%s\"", at < length ? "..." : "");
	return quote;
}

void complaint_offer(struct complaint_guess *guess, const char *candidate)
{
	size_t wanted = strlen(guess->wanted), offered = strlen(candidate);
	size_t limit = (wanted + 2) / 3;
	if (limit >= wanted)
		limit = wanted ? wanted - 1 : 0;
	if (wanted > COMPLAINT_QUOTE_BYTES || offered > COMPLAINT_QUOTE_BYTES ||
	    (wanted > offered ? wanted - offered : offered - wanted) > limit)
		return;
	size_t distance = text_distance(guess->wanted, candidate);
	if (distance > limit || (guess->nearest && distance >= guess->distance))
		return;
	guess->nearest = candidate;
	guess->distance = distance;
}
