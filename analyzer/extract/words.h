/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of words: command lines as data. Splits shell words, expands @files; never runs or expands anything else. */
#ifndef SIGHTLINE_EXTRACT_WORDS_H
#define SIGHTLINE_EXTRACT_WORDS_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

/* A growing list of strings; the strings are borrowed (from an arena, mostly). Zero-initialise. */
struct words {
	const char **items; /* NULL-terminated once anything was added */
	size_t count;
	size_t capacity;
};

void words_add(struct words *words, const char *word);
void words_finish(struct words *words);

/* Appends the POSIX shell words of text: blanks separate; '..', "..", backslash quote. No expansion of any kind:
 * $, `, *, ; and the rest are ordinary characters. Strings are made in arena. Errors: ERR_INPUT on an open quote. */
int words_split(struct words *words, struct arena *arena, const char *text, struct err *err);

/* Appends word, or, where word is "@file" and file (relative to directory) can be read, the words in it, nested up to
 * 8 deep, at most 256 files of 16 MiB each, 1 Mi words in all. A word "@file" that cannot be read is appended as it is, as compilers
 * do. Errors: ERR_LIMIT, ERR_INPUT. */
int words_add_expanded(struct words *words, struct arena *arena, const char *directory, const char *word,
		       struct err *err);

#endif
