/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the text writers share: bytes gathered before they are handed on, the first failure kept, and characters of foreign text. */
#ifndef SIGHTLINE_REPORTS_SINK_H
#define SIGHTLINE_REPORTS_SINK_H

#include <stdint.h>

#include "report.h"

struct sink {
	const struct report_output *output; /* borrowed */
	int status;                         /* what write() said the first time it failed; nothing is written after that */
	size_t length;
	char bytes[4096];
};

void sink_start(struct sink *sink, const struct report_output *output);
void sink_put(struct sink *sink, const char *bytes, size_t length);
void sink_string(struct sink *sink, const char *text);
void sink_printf(struct sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3))); /* at most 255 bytes */
int sink_finish(struct sink *sink); /* hands on what is left; returns status */

#define SINK_REPLACEMENT 0xfffdu
/* The character at text, which is not at its end, and its length in bytes. A byte that belongs to no valid UTF-8 is one
 * SINK_REPLACEMENT. */
uint32_t sink_decode(const char *text, size_t *length);
void sink_character(struct sink *sink, uint32_t code);

/* Is it a character that turns the direction of what follows, so that text reads as something else than it is? */
bool sink_is_bidi(uint32_t code);
/* What may stand for a character where people read: control bytes as their pictures, what turns the direction of text (bidi)
 * or ends lines unseen as SINK_REPLACEMENT. Line feed and tab are left alone. */
uint32_t sink_tame(uint32_t code);

/* The shortest decimal that reads back as the same double; "0" for what is no number. */
void sink_number(struct sink *sink, double value);

#endif
