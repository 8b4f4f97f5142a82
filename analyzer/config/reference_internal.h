/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of diagrams share. Private to config/. */
#ifndef SIGHTLINE_CONFIG_REFERENCE_INTERNAL_H
#define SIGHTLINE_CONFIG_REFERENCE_INTERNAL_H

#include "base/mem.h"
#include "config/complaint.h"
#include "config/reference.h"

struct reference_reader {
	struct complaint complaint;
	struct arena *arena;
	struct reference *reference;
	size_t element_capacity, relation_capacity, note_capacity;
	struct interner *ids;      /* of elements; number = index into elements_of */
	uint32_t *elements_of;     /* the element that has the id */
	size_t ids_capacity;
};

/* A piece of a line with its place. text lives in the arena. */
struct reference_word {
	const char *text;
	bool quoted;
	struct position at;
};

/* Each returns 0, or sets the complaint. */
int reference_add_element(struct reference_reader *reader, const char *name, const char *id, uint32_t parent, struct position at,
			  uint32_t *out);
int reference_add_relation(struct reference_reader *reader, uint32_t from, uint32_t to, struct position at);
/* Globs of an element, with commas between. */
int reference_set_globs(struct reference_reader *reader, uint32_t element, const char *list, struct position at);
/* %XX is the byte XX. */
int reference_set_domain(struct reference_reader *reader, uint32_t element, const char *text, struct position at);
bool reference_find(const struct reference_reader *reader, const char *id, uint32_t *out);
/* The nearest id there is; NULL: none is near. */
const char *reference_guess(const struct reference_reader *reader, const char *id);
void reference_note(struct reference_reader *reader, struct position at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The next line of text from *at on, without its end; false: there is none. */
bool reference_next_line(const char **at, const char *end, const char **line, size_t *length);
/* Column of a byte of a line, in characters from 1. */
unsigned reference_column(const char *line, const char *byte);

int structurizr_read(struct reference_reader *reader, const char *text, size_t length);
int plantuml_read(struct reference_reader *reader, const char *text, size_t length);

#endif
