/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xml.h"

#include <string.h>

void xml_text(struct sink *sink, const char *text)
{
	while (text && *text) {
		size_t length;
		uint32_t code = sink_tame(sink_decode(text, &length));
		if (code == '\n' || code == '\t' || (code < 0x80 && strchr("&<>\"'", (int)code)))
			sink_printf(sink, "&#%u;", (unsigned)code);
		else
			sink_character(sink, code);
		text += length;
	}
}
