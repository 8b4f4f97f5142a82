/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON of a compilation database. The only file here that includes jansson. Knows nothing of what commands mean. */
#include "extract/database.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* Paths need not be UTF-8, JSON must be. Tools write the raw bytes; each such byte 0xNN becomes the private code point
 * U+10FFNN before parsing and the byte again after. */
#define RAW_LEAD "\xf4\x8f\xbf"  /* U+10FFC0..U+10FFFF: bytes C0..FF */
#define RAW_LEAD_LOW "\xf4\x8f\xbe" /* U+10FF80..U+10FFBF: bytes 80..BF */

static char *escape_raw_bytes(const char *bytes, size_t length, size_t *escaped_length)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	for (size_t i = 0; i < length;) {
		size_t valid = text_utf8_length(bytes + i, length - i);
		if (valid) {
			buf_append(&out, bytes + i, valid);
			i += valid;
			continue;
		}
		unsigned char byte = (unsigned char)bytes[i++];
		buf_append_string(&out, byte >= 0xc0 ? RAW_LEAD : RAW_LEAD_LOW);
		buf_append_char(&out, (char)(0x80 | (byte & 0x3f)));
	}
	return buf_take(&out, escaped_length);
}

static char *restore_raw_bytes(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text), *to = copy;
	for (const char *at = copy; *at;) {
		bool high = strncmp(at, RAW_LEAD, 3) == 0;
		if ((high || strncmp(at, RAW_LEAD_LOW, 3) == 0) && at[3]) {
			*to++ = (char)((high ? 0xc0 : 0x80) | (at[3] & 0x3f));
			at += 4;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
	return copy;
}

struct reader {
	const char *name;
	const char *at, *end;
	size_t line, column; /* of at, from 1; columns in bytes */
	bool escaped;
};

static void advance(struct reader *reader, size_t bytes)
{
	for (const char *stop = reader->at + bytes; reader->at < stop; reader->at++) {
		if (*reader->at == '\n') {
			reader->line++;
			reader->column = 1;
		} else {
			reader->column++;
		}
	}
}

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at)
		advance(reader, 1);
}

static int refuse(const struct reader *reader, const char *why, struct err *err)
{
	return err_set(err, ERR_INPUT, "%s:%zu:%zu: %s", reader->name, reader->line, reader->column, why);
}

static int read_element(struct reader *reader, json_t **out, struct err *err)
{
	json_error_t problem;
	json_t *element = json_loadb(reader->at, (size_t)(reader->end - reader->at),
				     JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, &problem);
	if (!element) {
		/* jansson counts from where it began to read. */
		size_t line = reader->line + (problem.line > 0 ? (size_t)problem.line - 1 : 0);
		size_t column = problem.column > 0 ? (size_t)problem.column : 1;
		if (problem.line <= 1)
			column += reader->column - 1;
		return err_set(err, ERR_INPUT, "%s:%zu:%zu: %s", reader->name, line, column, problem.text);
	}
	advance(reader, (size_t)problem.position);
	*out = element;
	return 0;
}

static const char *text_member(const struct reader *reader, struct arena *arena, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text && reader->escaped ? restore_raw_bytes(arena, text) : text;
}

static int give_entry(const struct reader *reader, const json_t *element, struct database_entry *entry,
		      int (*each)(void *, const struct database_entry *, struct err *), void *context, struct err *err)
{
	struct arena *arena = arena_create();
	struct words words = {0};
	const json_t *arguments = json_object_get(element, "arguments");
	entry->directory = text_member(reader, arena, element, "directory");
	entry->file = text_member(reader, arena, element, "file");
	entry->command = text_member(reader, arena, element, "command");
	if (!json_is_object(element))
		entry->problem = "is not an object";
	else if (!entry->file || !entry->file[0])
		entry->problem = "has no \"file\"";
	else if (json_is_array(arguments)) {
		for (size_t i = 0; i < json_array_size(arguments) && !entry->problem; i++) {
			const char *text = json_string_value(json_array_get(arguments, i));
			if (!text)
				entry->problem = "has an argument that is not a string";
			else
				words_add(&words, reader->escaped ? restore_raw_bytes(arena, text) : text);
		}
		entry->arguments = &words;
	}
	if (!entry->problem && !words.count && (!entry->command || !entry->command[0]))
		entry->problem = "has neither \"command\" nor \"arguments\"";
	int result = each(context, entry, err);
	words_finish(&words);
	arena_destroy(arena);
	return result;
}

static int read_array(struct reader *reader, int (*each)(void *, const struct database_entry *, struct err *),
		      void *context, struct err *err)
{
	skip_blanks(reader);
	if (reader->at == reader->end)
		return refuse(reader, "the file is empty; it should hold a JSON array of commands", err);
	if (*reader->at != '[')
		return refuse(reader, "a compilation database is a JSON array: '[' expected", err);
	advance(reader, 1);
	skip_blanks(reader);
	if (reader->at < reader->end && *reader->at == ']') {
		advance(reader, 1);
	} else {
		for (size_t index = 0;; index++) {
			skip_blanks(reader);
			struct database_entry entry = {.index = index, .line = reader->line};
			json_t *element = NULL;
			int result = read_element(reader, &element, err);
			if (result == 0)
				result = give_entry(reader, element, &entry, each, context, err);
			json_decref(element);
			if (result != 0)
				return result;
			skip_blanks(reader);
			if (reader->at == reader->end)
				return refuse(reader, "the array is not closed: the file is cut short", err);
			char next = *reader->at;
			if (next != ',' && next != ']')
				return refuse(reader, "',' or ']' expected after an entry", err);
			advance(reader, 1);
			if (next == ']')
				break;
		}
	}
	skip_blanks(reader);
	return reader->at == reader->end ? 0 : refuse(reader, "something follows the end of the array", err);
}

int database_read(const char *name, const char *bytes, size_t length,
		  int (*each)(void *context, const struct database_entry *entry, struct err *err), void *context,
		  struct err *err)
{
	char *escaped = NULL;
	struct reader reader = {.name = name, .line = 1, .column = 1};
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	if (!text_is_utf8(bytes, length)) {
		bytes = escaped = escape_raw_bytes(bytes, length, &length);
		reader.escaped = true;
	}
	reader.at = bytes;
	reader.end = bytes + length;
	int result = read_array(&reader, each, context, err);
	free(escaped);
	return result;
}
