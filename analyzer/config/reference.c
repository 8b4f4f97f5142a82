/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all diagrams have, and how one becomes part of a configuration. The languages are structurizr.c's and plantuml.c's. */
#include "config/reference.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/globs.h"
#include "config/reference_internal.h"

struct owned_reference {
	struct reference reference;
	struct arena *arena;
};

/* --- elements and relations --- */

int reference_add_element(struct reference_reader *reader, const char *name, const char *id, uint32_t parent, struct position at,
			  uint32_t *out)
{
	struct reference *reference = reader->reference;
	uint32_t index = (uint32_t)reference->element_count;
	if (index >= REFERENCE_MAX_ELEMENTS)
		return complaint_set(&reader->complaint, at, "more than %u elements, keep a diagram below that", REFERENCE_MAX_ELEMENTS);
	if (id) {
		uint32_t known = interner_count(reader->ids), number = interner_add_string(reader->ids, id);
		if (number < known) {
			unsigned line = reference->elements[reader->elements_of[number]].line;
			return complaint_set(&reader->complaint, at, "%s is an element already, on line %u; choose another name",
					     complaint_quote(id, strlen(id)).text, line);
		}
		mem_grow(&reader->elements_of, &reader->ids_capacity, (size_t)number + 1, sizeof *reader->elements_of);
		reader->elements_of[number] = index;
	}
	mem_grow(&reference->elements, &reader->element_capacity, (size_t)index + 1, sizeof *reference->elements);
	reference->elements[index] = (struct reference_element){.name = name, .id = id, .parent = parent, .line = at.line};
	reference->element_count++;
	*out = index;
	return 0;
}

int reference_add_relation(struct reference_reader *reader, uint32_t from, uint32_t to, struct position at)
{
	struct reference *reference = reader->reference;
	if (reference->relation_count >= REFERENCE_MAX_RELATIONS)
		return complaint_set(&reader->complaint, at, "more than %u relations, keep a diagram below that", REFERENCE_MAX_RELATIONS);
	mem_grow(&reference->relations, &reader->relation_capacity, reference->relation_count + 1, sizeof *reference->relations);
	reference->relations[reference->relation_count++] = (struct reference_relation){from, to, at.line};
	return 0;
}

int reference_set_globs(struct reference_reader *reader, uint32_t element, const char *list, struct position at)
{
	struct config_strings *globs = &reader->reference->elements[element].globs;
	size_t most = 1;
	for (const char *comma = list; (comma = strchr(comma, ',')); comma++)
		most++;
	globs->items = arena_zalloc(reader->arena, most, sizeof *globs->items);
	globs->count = 0;
	for (const char *start = list; *start;) {
		size_t length = strcspn(start, ",");
		const char *first = start, *last = start + length;
		while (first < last && *first == ' ')
			first++;
		while (first < last && last[-1] == ' ')
			last--;
		start += length + (start[length] == ',');
		if (first == last)
			continue;
		const char *glob = arena_strndup(reader->arena, first, (size_t)(last - first)), *fault = glob_fault(glob);
		if (fault)
			return complaint_set(&reader->complaint, at, "bad glob %s: it %s", complaint_quote(glob, strlen(glob)).text, fault);
		globs->items[globs->count++] = glob;
	}
	if (!globs->count)
		return complaint_set(&reader->complaint, at, "sightline.files has no glob, give it at least one");
	return 0;
}

static int hex_digit(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = digit ? strchr(digits, digit >= 'A' && digit <= 'F' ? digit + 32 : digit) : NULL;
	return found ? (int)(found - digits) : -1;
}

int reference_set_domain(struct reference_reader *reader, uint32_t element, const char *text, struct position at)
{
	char *name = arena_strdup(reader->arena, text), *out = name;
	for (const char *in = text; *in; in++) {
		if (*in != '%') {
			*out++ = *in;
			continue;
		}
		int high = hex_digit(in[1]), low = high < 0 ? -1 : hex_digit(in[2]);
		if (low < 0 || (!high && !low))
			return complaint_set(&reader->complaint, at, "sightline.domain: %% stands before two hexadecimal digits, write %%25 for it");
		*out++ = (char)(high << 4 | low);
		in += 2;
	}
	*out = 0;
	if (!*name || !text_is_utf8(name, strlen(name)))
		return complaint_set(&reader->complaint, at, "sightline.domain: expected the name of a domain, got %s",
				     complaint_quote(text, strlen(text)).text);
	reader->reference->elements[element].domain = name;
	return 0;
}

bool reference_find(const struct reference_reader *reader, const char *id, uint32_t *out)
{
	uint32_t number;
	if (!interner_find(reader->ids, id, strlen(id), &number))
		return false;
	*out = reader->elements_of[number];
	return true;
}

const char *reference_guess(const struct reference_reader *reader, const char *id)
{
	struct complaint_guess guess = {.wanted = id};
	uint32_t count = interner_count(reader->ids);
	for (uint32_t i = 0; i < count && i < 1000; i++)
		complaint_offer(&guess, interner_text(reader->ids, i));
	return guess.nearest;
}

void reference_note(struct reference_reader *reader, struct position at, const char *format, ...)
{
	struct reference *reference = reader->reference;
	char text[512], line[768];
	va_list arguments;
	if (reference->note_count >= 20)
		return; /* whoever reads that many knows enough */
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	snprintf(line, sizeof line, "%.200s:%u: %s", reader->complaint.name, at.line, text);
	mem_grow(&reference->notes, &reader->note_capacity, reference->note_count + 1, sizeof *reference->notes);
	reference->notes[reference->note_count++] = arena_strdup(reader->arena, line);
}

/* --- lines --- */

bool reference_next_line(const char **at, const char *end, const char **line, size_t *length)
{
	if (*at >= end)
		return false;
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	*line = *at;
	*length = (size_t)((stop ? stop : end) - *at);
	*at = stop ? stop + 1 : end;
	if (*length && (*line)[*length - 1] == '\r')
		--*length;
	return true;
}

unsigned reference_column(const char *line, const char *byte)
{
	unsigned column = 1;
	for (; line < byte; line++)
		column += ((unsigned char)*line & 0xc0) != 0x80;
	return column;
}

/* Text of people: UTF-8, and of control bytes only tabs and line ends. */
static int check_text(const struct complaint *complaint, const char *text, size_t length)
{
	struct position at = {1, 1};
	for (size_t i = 0; i < length;) {
		size_t valid = text_utf8_length(text + i, length - i);
		unsigned char byte = (unsigned char)text[i];
		if (!valid)
			return complaint_set(complaint, at, "byte 0x%02x is no UTF-8, save the file as UTF-8", byte);
		if ((byte < 0x20 && !strchr("\t\n\r", byte)) || byte == 0 || byte == 0x7f)
			return complaint_set(complaint, at, "control byte 0x%02x, remove it", byte);
		at.column++;
		if (byte == '\n')
			at = (struct position){at.line + 1, 1};
		i += valid;
	}
	return 0;
}

/* --- which language --- */

static bool ends_in(const char *name, const char *const *endings)
{
	size_t length = strlen(name);
	for (; *endings; endings++) {
		size_t tail = strlen(*endings);
		if (length >= tail && !strcmp(name + length - tail, *endings))
			return true;
	}
	return false;
}

static bool has(const char *text, size_t length, const char *word)
{
	return memmem(text, length, word, strlen(word)) != NULL;
}

static int read_diagram(struct reference_reader *reader, const char *text, size_t length, const char *name)
{
	static const char *const structurizr[] = {".dsl", NULL};
	static const char *const plantuml[] = {".puml", ".plantuml", ".pu", ".iuml", ".wsd", NULL};
	if (ends_in(name, structurizr))
		return structurizr_read(reader, text, length);
	if (ends_in(name, plantuml) || has(text, length, "@startuml"))
		return plantuml_read(reader, text, length);
	if (has(text, length, "workspace"))
		return structurizr_read(reader, text, length);
	return complaint_set(&reader->complaint, (struct position){1, 1},
			     "no architecture that can be read: give Structurizr's DSL (.dsl), PlantUML (.puml) or a sightline.yaml");
}

int reference_parse(const char *text, size_t length, const char *name, struct reference **out, struct err *err)
{
	struct owned_reference *owned = mem_zalloc(1, sizeof *owned);
	owned->arena = arena_create();
	owned->reference.path = arena_strdup(owned->arena, name);
	owned->reference.hash = hash_bytes(text, length);
	struct reference_reader reader = {.complaint = {name, err}, .arena = owned->arena, .reference = &owned->reference,
					  .ids = interner_create()};
	int result = length > REFERENCE_MAX_BYTES ? complaint_set(&reader.complaint, (struct position){1, 1}, "too long, keep it below 8 MiB")
						  : check_text(&reader.complaint, text, length);
	if (!result)
		result = read_diagram(&reader, text, length, name);
	interner_destroy(reader.ids);
	free(reader.elements_of);
	if (result) {
		reference_destroy(&owned->reference);
		return result;
	}
	*out = &owned->reference;
	return 0;
}

void reference_destroy(struct reference *reference)
{
	if (!reference)
		return;
	struct owned_reference *owned = (struct owned_reference *)reference; /* its first member */
	free(reference->elements);
	free(reference->relations);
	free(reference->notes);
	arena_destroy(owned->arena);
	free(owned);
}
