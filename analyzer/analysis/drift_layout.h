/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change of a type or of a signature means to code that uses it. Pure text. */
#ifndef SIGHTLINE_ANALYSIS_DRIFT_LAYOUT_H
#define SIGHTLINE_ANALYSIS_DRIFT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* A layout is what graph/ writes: members in order, each "name\ttype\n" (enumerators: "name\tvalue\n"; typedefs: "\ttype\n").
 * kind: struct, union, enum, typedef. said: what changed, one line. */
enum layout_change { LAYOUT_SAME, LAYOUT_COMPATIBLE, LAYOUT_GROWN /* compatible in source; its size changes */, LAYOUT_BREAKING };
enum layout_change layout_compare(const char *kind, const char *before, const char *after, char *said, size_t size);

/* Signatures as canonical types, "int (struct foo *, int)". A parameter that is now a pointer to const takes all that it took; so
 * does a result where there was none. Else: breaking. */
bool signature_is_compatible(const char *before, const char *after);

#endif
