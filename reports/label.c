/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Foreign text made fit for Graphviz. */
#include "label.h"

#include <stdint.h>
#include <string.h>

#define REPLACEMENT 0xFFFD
#define ELLIPSIS "\xE2\x80\xA6"
#define WORD_JOINER "\xE2\x81\xA0"

/* Decodes one character; malformed bytes give REPLACEMENT, one byte at a time. *text is not at its end. */
static uint32_t decode(const unsigned char **text)
{
	const unsigned char *s = *text;
	uint32_t value = s[0];
	int more = value < 0x80 ? 0 : value >= 0xC2 && value < 0xE0 ? 1 : (value & 0xF0) == 0xE0 ? 2
		 : value >= 0xF0 && value < 0xF5 ? 3 : -1;

	*text = s + 1;
	if (more < 0)
		return REPLACEMENT;
	value &= more == 0 ? 0x7F : 0x3Fu >> more;
	for (int i = 1; i <= more; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return REPLACEMENT;
		value = value << 6 | (s[i] & 0x3F);
	}
	if ((more == 2 && value < 0x800) || (more == 3 && value < 0x10000) || value > 0x10FFFF ||
	    (value >= 0xD800 && value < 0xE000))
		return REPLACEMENT;
	*text = s + more + 1;
	return value;
}

/* What may be shown instead of a character. */
static uint32_t tame(uint32_t c, unsigned flags)
{
	if (c == '\n' && (flags & LABEL_LINES))
		return c;
	if (c < 0x20)
		return 0x2400 + c;
	if (c == 0x7F)
		return 0x2421;
	if (c < 0xA0 && c > 0x7F)
		return REPLACEMENT;
	if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029)
		return REPLACEMENT;
	return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) ? REPLACEMENT : c;
}

static void put(FILE *out, uint32_t c)
{
	if (c < 0x80) {
		fputc((int)c, out);
	} else if (c < 0x800) {
		fputc((int)(0xC0 | c >> 6), out);
		fputc((int)(0x80 | (c & 0x3F)), out);
	} else if (c < 0x10000) {
		fputc((int)(0xE0 | c >> 12), out);
		fputc((int)(0x80 | (c >> 6 & 0x3F)), out);
		fputc((int)(0x80 | (c & 0x3F)), out);
	} else {
		fputc((int)(0xF0 | c >> 18), out);
		fputc((int)(0x80 | (c >> 12 & 0x3F)), out);
		fputc((int)(0x80 | (c >> 6 & 0x3F)), out);
		fputc((int)(0x80 | (c & 0x3F)), out);
	}
}

static void put_escaped(FILE *out, uint32_t c, uint32_t next, unsigned flags)
{
	bool html = flags & LABEL_HTML;

	if (c == '\n') {
		fputs(html ? "<BR ALIGN=\"LEFT\"/>" : "\\n", out);
	} else if (c == '\\' && !html) {
		fputs("\\\\", out);
	} else if (c == '&') {
		/* Graphviz decodes entities in labels and then leaves alone what looks like one: a name that is
		 * "&lt;" letter by letter would come out as "<". An invisible joiner breaks the look. */
		bool entity = next == '#' || (next | 0x20) - 'a' < 26;
		fputs(html ? "&amp;" : "&", out);
		fputs(entity ? WORD_JOINER : "", out);
	} else if (c == '<' && html) {
		fputs("&lt;", out);
	} else if (c == '>' && html) {
		fputs("&gt;", out);
	} else if (c == '"' && html) {
		fputs("&quot;", out);
	} else {
		put(out, c);
	}
}

static size_t characters(const unsigned char *text)
{
	size_t count = 0;

	for (; *text; count++)
		decode(&text);
	return count;
}

static size_t effective(size_t limit)
{
	return limit == 0 || limit > LABEL_LONGEST ? LABEL_LONGEST : limit;
}

size_t label_length(const char *text, size_t limit)
{
	size_t length = text ? characters((const unsigned char *)text) : 0;

	return length < effective(limit) ? length : effective(limit);
}

void label_write(FILE *out, const char *text, size_t limit, unsigned flags)
{
	const unsigned char *at = (const unsigned char *)(text ? text : "");
	size_t length = characters(at), head, tail;

	limit = effective(limit);
	/* The end of a path or a name tells more than its middle. */
	head = length <= limit ? length : limit / 3;
	tail = length <= limit ? 0 : limit - head - 1;
	for (size_t i = 0; *at; i++) {
		uint32_t c = tame(decode(&at), flags);
		if (i >= head && i < length - tail) {
			if (i == head)
				fputs(ELLIPSIS, out);
			continue;
		}
		put_escaped(out, c, *at, flags);
	}
}

void label_write_count(FILE *out, double count)
{
	static const struct { double from, unit; const char *suffix; } scales[] = {
		{ 999.5e6, 1e9, "G" }, { 999.5e3, 1e6, "M" }, { 999.5, 1e3, "k" }, { -1, 1, "" },
	};
	size_t i = 0;

	if (!(count >= 0) || count > 1e15)
		count = count > 0 ? 1e15 : 0;
	while (count < scales[i].from)
		i++;
	uint64_t tenths = (uint64_t)(count / scales[i].unit * 10 + 0.5);
	if (scales[i].unit > 1 && tenths < 1000)
		fprintf(out, "%llu.%llu%s", (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10),
			scales[i].suffix);
	else
		fprintf(out, "%llu%s", (unsigned long long)((tenths + 5) / 10), scales[i].suffix);
}
