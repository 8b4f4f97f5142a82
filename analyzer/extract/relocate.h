/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of one tree, told of another. Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_RELOCATE_H
#define SIGHTLINE_EXTRACT_RELOCATE_H

#include "base/hash.h"
#include "extract/words.h"

/* Root-independent identity of a command: over the arguments and the directory, root in them replaced by ".". */
struct hash128 relocate_hash(const struct words *arguments, const char *directory, const char *root);

/* Where a path of a command that ran in directory leads when the tree "from" lies at "to": heap; NULL: it may stay as it is
 * written. Paths into the tree move with it, whether written absolute, through a link, or relative to a folder outside; what
 * is outside stays there. All three folders are absolute and normalised. */
char *relocate_path(const char *path, const char *directory, const char *from, const char *to);

/* Appends the sanitised arguments, so relocated. Words are made in arena. */
void relocate_words(const struct words *in, const char *directory, const char *from, const char *to, struct arena *arena,
		    struct words *out);

#endif
