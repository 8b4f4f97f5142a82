/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a compile_commands.json -> its entries, one at a time. Internal to extract/, and a fuzz target. */
#ifndef SIGHTLINE_EXTRACT_DATABASE_H
#define SIGHTLINE_EXTRACT_DATABASE_H

#include <stddef.h>

#include "base/err.h"
#include "extract/words.h"

/* One entry as written. Strings are raw bytes: what was not UTF-8 in the file is restored. Borrowed, valid during the
 * callback. */
struct database_entry {
	size_t index;                 /* from 0 */
	size_t line;                  /* where it starts */
	const char *directory;        /* or NULL */
	const char *file;             /* or NULL */
	const char *command;          /* or NULL */
	const struct words *arguments; /* or NULL */
	const char *problem;          /* what is wrong with it; NULL where it is usable. Then the rest may be NULL */
};

/* Calls each for every element of the array; a non-zero return ends the reading and is returned. bytes must be
 * followed by a NUL. name: of the file, for messages. Memory: one entry at a time. Errors: ERR_INPUT with name:line:
 * column. */
int database_read(const char *name, const char *bytes, size_t length,
		  int (*each)(void *context, const struct database_entry *entry, struct err *err), void *context,
		  struct err *err);

#endif
