/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a diagram in each of the languages: no crash, no leak, and what is accepted keeps the promises of reference.h. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

static void check(const struct reference *reference)
{
	for (size_t i = 0; i < reference->element_count; i++) {
		const struct reference_element *element = &reference->elements[i];
		expect(element->name && element->line, "an element has a name and a line");
		expect(text_is_utf8(element->name, strlen(element->name)), "a name is UTF-8");
		expect(element->parent == REFERENCE_NONE || element->parent < i, "an element comes after what it is part of");
		for (size_t k = 0; k < element->globs.count; k++)
			glob_match(element->globs.items[k], "src/a.c");
	}
	for (size_t i = 0; i < reference->relation_count; i++)
		expect(reference->relations[i].from < reference->element_count && reference->relations[i].to < reference->element_count &&
		       reference->relations[i].line, "a relation has two elements and a line");
	for (size_t i = 0; i < reference->note_count; i++)
		expect(!strncmp(reference->notes[i], "diagram.", 8), "a note has a place");
}

static void check_error(int result, const struct err *err, const char *name)
{
	unsigned line = 0, column = 0;
	char colon = 0;
	expect(result == ERR_INPUT && err->code == ERR_INPUT, "what is refused is bad input");
	expect(!strncmp(err->text, name, strlen(name)) && sscanf(err->text + strlen(name), ":%u:%u%c", &line, &column, &colon) == 3 && line &&
	       column && colon == ':', "an error has a position");
	expect(text_is_utf8(err->text, strlen(err->text)) || strlen(err->text) > 900, "an error is UTF-8");
	expect(!strpbrk(err->text, "\n\r\x1b"), "an error is one line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"diagram.dsl", "diagram.puml", "diagram.txt"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct reference *reference = NULL;
		struct err err = {0};
		int result = reference_parse((const char *)data, size, names[i], &reference, &err);
		if (result)
			check_error(result, &err, names[i]);
		else
			check(reference);
		expect(!result == (reference != NULL), "nothing comes out of a failure");
		reference_destroy(reference);
	}
	return 0;
}
