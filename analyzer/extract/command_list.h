/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a command list: what commands.c (recorded) and infer.c (made up) share. Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_COMMAND_LIST_H
#define SIGHTLINE_EXTRACT_COMMAND_LIST_H

#include "extract/extract.h"
#include "extract/words.h"

void warnings_tell(const struct warnings *warnings, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An empty list for root, which is resolved. Errors: ERR_NOT_FOUND, ERR_INPUT where root is no folder. */
int command_list_create(const char *root, struct command_list **out, struct err *err);

/* Adds a command. arguments: sanitised, without environment (which this adds). file: absolute, below root. */
void command_list_add(struct command_list *list, const char *directory, const char *file,
		      const struct words *arguments, bool inferred);

/* Sorts by path, then command_hash; removes duplicates. */
void command_list_finish(struct command_list *list);

#endif
