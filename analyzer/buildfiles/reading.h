/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of build files share. Internal to buildfiles/.
 *
 * Values of variables are text, words apart by blanks. Two bytes that no build file holds once it is read mark what is not plain:
 * OPEN NAME OPEN is a variable whose value is not known, TOP at the start of a word says that it is relative to the codebase's
 * root instead of the folder at hand. */
#ifndef SIGHTLINE_BUILDFILES_READING_H
#define SIGHTLINE_BUILDFILES_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

#define OPEN '\001'
#define TOP '\002'
#define NESTING 24 /* of folders, parentheses and variables in variables */

/* Variables by name. */
struct scope { struct interner *names; struct variable { char *value; bool busy; } *items; size_t capacity; };

struct reading {
	const char *root;        /* absolute: the codebase */
	const char *top;         /* folder of the topmost build file, relative to root; "" is root itself */
	struct arena *arena;
	struct interner *seen;   /* build files that were read */
	size_t budget;           /* bytes and steps that may still be spent: bounds time and memory on any input */
	struct said { const char *path; bool is_there; const char *file; uint32_t line; } *said;
	size_t count, capacity;
};

/* One build file at hand. */
struct place {
	struct reading *reading;
	struct scope *scope;
	const char *folder;      /* relative to root; "" is root */
	const char *file;        /* relative to root */
	unsigned depth;
};

bool reading_spend(struct reading *reading, size_t amount); /* false: nothing is left */

/* Text of a build file below root that was not read before, control bytes but for tab and newline made blanks. NULL: none. Heap. */
char *reading_open(struct reading *reading, const char *path);
bool reading_has(const struct reading *reading, const char *path); /* a regular file below root */
/* folder/path, normalised, in the arena; NULL where that leaves root. */
const char *reading_join(struct reading *reading, const char *folder, const char *path);

void scope_init(struct scope *scope);
void scope_finish(struct scope *scope);
/* More of the variable's value: what a build file says under different conditions is taken together. */
void scope_add(struct reading *reading, struct scope *scope, const char *name, size_t length, const char *text);
const char *scope_find(const struct scope *scope, const char *name, size_t length); /* NULL: no such variable */
/* The same, and it counts as unknown until scope_release: no value may hold itself. */
struct variable *scope_take(struct scope *scope, const char *name, size_t length);

/* The folder of a build file as a variable's value, in the arena: TOP FOLDER. */
const char *place_mark(struct reading *reading, const char *folder);

/* ---- words ---- */

/* The next word of text from *at; false at the end. Quotes around it are left out. */
bool word_next(const char *text, size_t *at, const char **word, size_t *length);
bool word_is(const char *word, size_t length, const char *expected);
bool word_ends(const char *word, size_t length, const char *tail);
bool word_is_header(const char *word, size_t length);
bool text_names_include_folder(const char *text); /* of a destination: "$(includedir)", "/usr/include/x" */
bool text_has(const char *text, const char *lower_case); /* ignoring case */

/* A word that is installed: a header, a pattern, or, where folders are, all that is below a folder. */
void place_say(const struct place *place, const char *word, size_t length, uint32_t line, bool folders);
/* Each word of a text. */
void place_say_all(const struct place *place, const char *words, uint32_t line, bool folders);

/* ---- one reader for each language; path: of the build file, relative to root ---- */

bool read_makefiles(struct reading *reading, const char *folder, unsigned depth); /* false: there are none */
void read_cmake(struct reading *reading, struct scope *scope, const char *folder, const char *path, unsigned depth);
void read_meson(struct reading *reading, struct scope *scope, const char *path, unsigned depth);
void read_debian(struct reading *reading, const char *path);

/* The folder of a path, in the arena; "" is root. */
const char *reading_folder(struct reading *reading, const char *path);

#endif
