/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text and paths: UTF-8 hygiene, edit distance, lexical path arithmetic, globs, whole files. */
#ifndef SIGHTLINE_BASE_TEXT_H
#define SIGHTLINE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends text as valid UTF-8: bytes that are not part of a valid sequence become \xHH (two lower-case hex
 * digits). This is how every foreign name enters the facts; it is deterministic and keeps different invalid
 * names different. Control bytes are left alone: each writer escapes for its format. */
void text_append_utf8(struct buf *out, const char *bytes, size_t length);
bool text_is_utf8(const char *bytes, size_t length);

/* Length in bytes of the valid UTF-8 sequence at the start of bytes, 0 where there is none. */
size_t text_utf8_length(const char *bytes, size_t length);

/* Whether the first length bytes of text end with end. */
bool text_ends_with(const char *text, size_t length, const char *end);

/* Levenshtein distance in bytes: the fewest single-byte insertions, deletions and replacements that turn one text
 * into the other. Takes time in proportion to the product of both lengths: the caller bounds them. */
size_t text_distance(const char *left, const char *right);

/* Lexical normalisation: "a/./b//../c" -> "a/c"; keeps a leading "/" and leading ".."; "" -> ".".
 * Returns heap memory that the caller frees. */
char *path_normalise(const char *path);

/* base + "/" + path, normalised; path alone (normalised) where it is absolute. Caller frees. */
char *path_join(const char *base, const char *path);

/* The part of path below root: "" for root itself; NULL where path is not below root. Both absolute and
 * normalised. Borrowed from path. */
const char *path_below(const char *path, const char *root);

const char *path_basename(const char *path);  /* borrowed; the part after the last slash */
/* Length of the path without its ending: "a/foo" of "a/foo.c"; a name that begins with its only dot has none. */
size_t path_stem_length(const char *path);

/* Glob over whole paths: "*" and "?" stay within one component, "**" crosses components ("a/" + "**" matches
 * everything below a), "[...]" classes. A pattern without "/" matches any path's last component. */
bool glob_match(const char *pattern, const char *path);

/* Reads a whole file of at most ceiling bytes. *data is NUL-terminated (not counted), the caller frees it.
 * Errors: ERR_NOT_FOUND, ERR_IO, ERR_LIMIT. */
int file_read(const char *path, size_t ceiling, char **data, size_t *length, struct err *err);

/* mkdir -p. Errors: ERR_IO. */
int dir_create(const char *path, struct err *err);

#endif
