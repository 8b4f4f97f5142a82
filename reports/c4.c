/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "c4.h"

#include <math.h>
#include <string.h>

/* Structurizr: quotes end a text, a backslash before one does not let it end, ${..} is replaced. PlantUML: quotes too, <..> and
 * doubled signs are markup, % and ! call its preprocessor, [] and : end a name. */
static uint32_t lookalike(uint32_t code, uint32_t before)
{
	static const struct { char byte; uint32_t twin; } twins[] = {
		{'"', 0x2033}, {'\\', 0x29f5}, {'$', 0xff04}, {'<', 0x2039}, {'>', 0x203a}, {'%', 0x2052}, {'!', 0x01c3},
		{'[', 0x27e6}, {']', 0x27e7}, {':', 0x2236}, {'~', 0x223c}, {'*', 0x2217}, {'{', 0x2774}, {'}', 0x2775},
		{'\n', 0x240a}, {'\t', 0x2409}, {'#', 0x266f}, {'&', 0x214b}, {'\'', 0x2032}, {'`', 0x2035}, {'|', 0x2223},
		{'@', 0xff20}, {'=', 0x2550}, {'^', 0x2303},
	};
	for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
		if (code == (uint32_t)twins[i].byte)
			return twins[i].twin;
	if (code == before && (code == '/' || code == '_' || code == '-' || code == '.'))
		return code == '/' ? 0x2215 : code == '_' ? 0x203f : code == '-' ? 0x2010 : 0x2024;
	return sink_tame(code);
}

bool c4_name(struct sink *sink, const char *name)
{
	uint32_t before = 0;
	bool changed = false;
	for (const char *at = name; at && *at;) {
		size_t length;
		uint32_t code = sink_decode(at, &length), shown = lookalike(code, before);
		changed |= shown != code || code == SINK_REPLACEMENT;
		sink_character(sink, shown);
		before = shown;
		at += length;
	}
	if (!name || !*name || *name == ' ' || name[strlen(name) - 1] == ' ') {
		sink_string(sink, "\xC2\xB7");
		return true;
	}
	return changed;
}

static int discard(void *context, const void *bytes, size_t length)
{
	(void)context, (void)bytes, (void)length;
	return 0;
}

bool c4_is_plain(const char *name)
{
	const struct report_output nowhere = {discard, NULL};
	struct sink sink;
	sink_start(&sink, &nowhere);
	return !c4_name(&sink, name);
}

void c4_exact(struct sink *sink, const char *name)
{
	for (const char *at = name; at && *at; at++) {
		unsigned char byte = (unsigned char)*at;
		if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || strchr("._/-", byte))
			sink_put(sink, at, 1);
		else
			sink_printf(sink, "%%%02X", byte);
	}
}

void c4_places(struct sink *sink, double weight)
{
	double places = weight > 0 && weight < 1e15 ? fmax(1, round(weight)) : 0;
	sink_printf(sink, "in %.0f place%s", places, places == 1 ? "" : "s");
}
