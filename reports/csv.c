/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "csv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void csv_start(struct csv *csv, const struct report_output *output, bool is_raw)
{
	sink_start(&csv->sink, output);
	csv->is_raw = is_raw;
	csv->has_cells = false;
}

static void begin(struct csv *csv)
{
	if (csv->has_cells)
		sink_put(&csv->sink, ",", 1);
	csv->has_cells = true;
}

static bool is_formula(const char *text)
{
	size_t length;
	switch (*text ? sink_decode(text, &length) : 0) {
	case '=': case '+': case '-': case '@': case '\t': case '\r': case '\n':
	case 0xff1d: case 0xff0b: case 0xff0d: case 0xff20:
		return true;
	default:
		return false;
	}
}

void csv_text(struct csv *csv, const char *text)
{
	begin(csv);
	if (!text)
		return;
	bool protect = !csv->is_raw && is_formula(text);
	/* Semicolons and tabs: some spreadsheets cut there. */
	bool quote = protect || text[strcspn(text, ",;\"\r\n\t")] || *text == ' ' || (*text && text[strlen(text) - 1] == ' ');
	sink_string(&csv->sink, quote ? "\"" : "");
	sink_string(&csv->sink, protect ? "'" : "");
	while (*text) {
		size_t length;
		uint32_t code = sink_decode(text, &length);
		if (code == '"')
			sink_put(&csv->sink, "\"", 1);
		if (code < 0x20 && code != '\t' && code != '\n' && code != '\r')
			code += 0x2400;
		sink_character(&csv->sink, code == 0x7f ? 0x2421 : code);
		text += length;
	}
	sink_string(&csv->sink, quote ? "\"" : "");
}

void csv_integer(struct csv *csv, int64_t value)
{
	begin(csv);
	sink_printf(&csv->sink, "%" PRId64, value);
}

void csv_number(struct csv *csv, double value)
{
	begin(csv);
	if (isfinite(value))
		sink_number(&csv->sink, value);
}

void csv_end_row(struct csv *csv)
{
	sink_string(&csv->sink, "\r\n");
	csv->has_cells = false;
}

int csv_finish(struct csv *csv)
{
	return sink_finish(&csv->sink);
}
