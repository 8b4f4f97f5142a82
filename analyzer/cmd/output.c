/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/output.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/terminal.h"

#define FLUSH_AT 65536

int output_format_parse(const char *name, enum output_format *out, struct err *err)
{
	static const char *const names[] = {"table", "json", "csv"};
	for (size_t i = 0; name && i < 3; i++)
		if (!strcmp(name, names[i])) {
			*out = (enum output_format)i;
			return 0;
		}
	if (name)
		return err_set(err, ERR_INPUT, "--format %s: there is table, json and csv", name);
	*out = OUTPUT_TABLE;
	return 0;
}

static int flush(FILE *stream, struct buf *buf, struct err *err)
{
	bool written = !buf->length || fwrite(buf->data, 1, buf->length, stream) == buf->length;
	buf_clear(buf);
	return written ? 0 : err_errno(err, ERR_IO, errno, "cannot write the output");
}

static int finish(FILE *stream, struct buf *buf, struct err *err)
{
	int result = flush(stream, buf, err);
	if (!result && fflush(stream))
		result = err_errno(err, ERR_IO, errno, "cannot write the output");
	buf_finish(buf);
	return result;
}

void output_json_string(struct buf *out, const char *text, size_t length)
{
	buf_append_char(out, '"');
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)text[i];
		size_t valid = text_utf8_length(text + i, length - i);
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c == '\n')
			buf_append_string(out, "\\n");
		else if (c == '\t')
			buf_append_string(out, "\\t");
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else if (valid == 3 && c == 0xe2 && (unsigned char)text[i + 1] == 0x80 && ((unsigned char)text[i + 2] & 0xfe) == 0xa8)
			buf_printf(out, "\\u20%02x", (unsigned char)text[i + 2] - 0x80); /* U+2028, U+2029: not legal in JavaScript */
		else if (valid)
			buf_append(out, text + i, valid);
		else
			buf_printf(out, "\\\\x%02x", c);
		i += valid ? valid : 1;
	}
	buf_append_char(out, '"');
}

/* Shortest decimal that reads back as the same double. */
static void append_real(struct buf *out, double value)
{
	char text[40];
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_append_string(out, text);
}

static void append_json_value(struct buf *out, const struct rows *rows, size_t column)
{
	size_t length;
	const char *text;
	switch (rows_type(rows, column)) {
	case VALUE_NULL:
		buf_append_string(out, "null");
		break;
	case VALUE_INTEGER:
		buf_printf(out, "%" PRId64, rows_integer(rows, column));
		break;
	case VALUE_REAL:
		if (isfinite(rows_real(rows, column)))
			append_real(out, rows_real(rows, column));
		else
			buf_append_string(out, "null"); /* JSON has no infinity */
		break;
	default:
		text = rows_text(rows, column, &length);
		output_json_string(out, text, length);
	}
}

static void append_json_row(struct buf *out, const struct rows *rows)
{
	buf_append_char(out, '{');
	for (size_t i = 0; i < rows_columns(rows); i++) {
		if (i)
			buf_append_string(out, ", ");
		output_json_string(out, rows_name(rows, i), strlen(rows_name(rows, i)));
		buf_append_string(out, ": ");
		append_json_value(out, rows, i);
	}
	buf_append_char(out, '}');
}

int output_json_objects(struct buf *out, struct rows *rows, struct err *err)
{
	bool has_row, first = true;
	int result;
	while (!(result = rows_next(rows, &has_row, err)) && has_row) {
		if (!first)
			buf_append_string(out, ", ");
		first = false;
		append_json_row(out, rows);
	}
	return result;
}

static int print_json(FILE *stream, struct rows *rows, struct err *err)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	bool has_row, first = true;
	int result;
	buf_append_char(&out, '[');
	while (!(result = rows_next(rows, &has_row, err)) && has_row) {
		buf_append_string(&out, first ? "\n  " : ",\n  ");
		first = false;
		append_json_row(&out, rows);
		if (out.length > FLUSH_AT && (result = flush(stream, &out, err)))
			break;
	}
	if (result) {
		buf_finish(&out);
		return result;
	}
	buf_append_string(&out, first ? "]\n" : "\n]\n");
	return finish(stream, &out, err);
}

void output_csv_field(struct buf *out, const char *text, size_t length)
{
	bool quote = false;
	for (size_t i = 0; i < length; i++)
		quote |= strchr(",\"\r\n", text[i]) != NULL;
	if (!quote) {
		buf_append(out, text, length);
		return;
	}
	buf_append_char(out, '"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			buf_append_char(out, '"');
		buf_append_char(out, text[i]);
	}
	buf_append_char(out, '"');
}

static int print_csv(FILE *stream, struct rows *rows, struct err *err)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	bool has_row;
	int result;
	for (size_t i = 0; i < rows_columns(rows); i++) {
		if (i)
			buf_append_char(&out, ',');
		output_csv_field(&out, rows_name(rows, i), strlen(rows_name(rows, i)));
	}
	buf_append_string(&out, "\r\n");
	while (!(result = rows_next(rows, &has_row, err)) && has_row) {
		for (size_t i = 0; i < rows_columns(rows); i++) {
			size_t length;
			if (i)
				buf_append_char(&out, ',');
			if (rows_type(rows, i) == VALUE_REAL) {
				append_real(&out, rows_real(rows, i));
			} else {
				const char *text = rows_text(rows, i, &length);
				output_csv_field(&out, text, length);
			}
		}
		buf_append_string(&out, "\r\n");
		if (out.length > FLUSH_AT && (result = flush(stream, &out, err)))
			break;
	}
	if (result) {
		buf_finish(&out);
		return result;
	}
	return finish(stream, &out, err);
}

/* ---- tables ---- */

struct cell { char *text; size_t length, columns; bool right; };

static struct cell make_cell(struct arena *arena, const struct rows *rows, size_t column)
{
	struct buf out;
	size_t length;
	enum value_type type = rows_type(rows, column);
	buf_init(&out, BUF_NO_CEILING);
	if (type == VALUE_REAL) {
		buf_printf(&out, "%.3f", rows_real(rows, column));
		while (out.length > 1 && out.data[out.length - 1] == '0')
			out.data[--out.length] = 0;
		if (out.data[out.length - 1] == '.')
			out.data[--out.length] = 0;
	} else if (type != VALUE_NULL) {
		const char *text = rows_text(rows, column, &length);
		terminal_append(&out, text, length);
	}
	struct cell cell = {arena_strndup(arena, out.data ? out.data : "", out.length), out.length, 0,
			    type == VALUE_REAL || type == VALUE_INTEGER};
	cell.columns = terminal_columns(cell.text, cell.length);
	buf_finish(&out);
	return cell;
}

static struct cell make_heading(struct arena *arena, const struct rows *rows, size_t column)
{
	const char *name = rows_name(rows, column);
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	terminal_append(&out, name, strlen(name)); /* a query may call its columns anything */
	struct cell cell = {arena_strndup(arena, out.data ? out.data : "", out.length), out.length, 0, false};
	cell.columns = terminal_columns(cell.text, cell.length);
	buf_finish(&out);
	return cell;
}

/* Cuts the widest columns until the table fits. */
static void fit(size_t *widths, size_t count, size_t room)
{
	for (;;) {
		size_t total = 0, widest = 0;
		for (size_t i = 0; i < count; i++) {
			total += widths[i] + (i ? 2 : 0);
			if (widths[i] > widths[widest])
				widest = i;
		}
		if (total <= room || widths[widest] <= 10)
			return;
		widths[widest]--;
	}
}

static void append_cell(struct buf *out, const struct cell *cell, size_t width, bool last)
{
	size_t length = cell->length, columns = cell->columns;
	bool cut = columns > width;
	while (columns > width - cut && length) {
		length--;
		while (length && ((unsigned char)cell->text[length] & 0xc0) == 0x80)
			length--;
		columns = terminal_columns(cell->text, length);
	}
	size_t pad = width - columns - cut;
	if (cell->right)
		for (size_t i = 0; i < pad; i++)
			buf_append_char(out, ' ');
	buf_append(out, cell->text, length);
	if (cut)
		buf_append_string(out, "…");
	if (!cell->right && !last)
		for (size_t i = 0; i < pad; i++)
			buf_append_char(out, ' ');
}

static int print_table(FILE *stream, struct rows *rows, bool hide_release, const char *none, FILE *none_stream,
		       struct err *err)
{
	struct arena *arena = arena_create();
	size_t columns = rows_columns(rows), count = 0, capacity = 0, shown = 0;
	struct cell *cells = NULL;
	size_t *widths = arena_zalloc(arena, columns + 1, sizeof *widths), *which = arena_zalloc(arena, columns + 1, sizeof *which);
	struct buf out;
	bool has_row;
	int result;
	buf_init(&out, BUF_NO_CEILING);
	/* The release is the same in every row of what people look at: it is in the JSON and the CSV. */
	for (size_t i = 0; i < columns; i++)
		if (!hide_release || strcmp(rows_name(rows, i), "release"))
			which[shown++] = i;
	while (!(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(&cells, &capacity, (count + 1) * columns, sizeof *cells);
		for (size_t i = 0; i < columns; i++)
			cells[count * columns + i] = make_cell(arena, rows, i);
		count++;
	}
	if (!result && !count) {
		fprintf(none_stream, "%s\n", none);
	} else if (!result) {
		for (size_t i = 0; i < shown; i++) {
			widths[i] = make_heading(arena, rows, which[i]).columns;
			for (size_t row = 0; row < count; row++)
				if (cells[row * columns + which[i]].columns > widths[i])
					widths[i] = cells[row * columns + which[i]].columns;
		}
		unsigned room = terminal_width(stream);
		if (room)
			fit(widths, shown, room);
		for (size_t i = 0; i < shown; i++) {
			struct cell head = make_heading(arena, rows, which[i]);
			head.right = cells[which[i]].right;
			buf_append_string(&out, i ? "  " : "");
			buf_append_string(&out, terminal_style(stream, STYLE_BOLD));
			append_cell(&out, &head, widths[i], i + 1 == shown);
			buf_append_string(&out, terminal_style(stream, STYLE_PLAIN));
		}
		buf_append_char(&out, '\n');
		for (size_t row = 0; row < count; row++) {
			for (size_t i = 0; i < shown; i++) {
				buf_append_string(&out, i ? "  " : "");
				append_cell(&out, &cells[row * columns + which[i]], widths[i], i + 1 == shown);
			}
			buf_append_char(&out, '\n');
		}
	}
	free(cells);
	arena_destroy(arena);
	if (result) {
		buf_finish(&out);
		return result;
	}
	return finish(stream, &out, err);
}

int output_rows(FILE *stream, struct rows *rows, enum output_format format, bool hide_release, const char *none,
		FILE *none_stream, struct err *err)
{
	switch (format) {
	case OUTPUT_JSON: return print_json(stream, rows, err);
	case OUTPUT_CSV: return print_csv(stream, rows, err);
	default: return print_table(stream, rows, hide_release, none, none_stream, err);
	}
}
