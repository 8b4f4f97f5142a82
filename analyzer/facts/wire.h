/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the canonical bytes of all vocabularies have in common: numbers and sorted strings. Internal to facts/. */
#ifndef SIGHTLINE_FACTS_WIRE_H
#define SIGHTLINE_FACTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"

/* A place in bytes of any origin. */
struct wire {
	const unsigned char *start, *at, *end;
	struct arena *arena;  /* what is decoded goes there */
	const char *what;     /* "facts": begins each message */
	struct err *err;
};

int wire_fail(struct wire *wire, const char *reason); /* ERR_INPUT, with the offset */

/* A number in its shortest form: a longer one would be a second spelling of the same content. */
bool wire_number(struct wire *wire, uint64_t *value);

/* Strings, sorted by bytes and distinct, each without the bytes it shares with the one before. */
void wire_append_strings(struct buf *out, const char *const *strings, uint64_t count);
/* Reads them back, fewer than UINT32_MAX: valid UTF-8 without NUL, in order, spelled in the one way. Errors: ERR_INPUT,
 * ERR_LIMIT. */
int wire_strings(struct wire *wire, const char ***strings, uint64_t *count);

/* The number of a string among others: up to its first NUL, as valid UTF-8. scratch is overwritten. */
uint32_t wire_intern(struct interner *strings, struct buf *scratch, const char *text, size_t length);

/* Signed numbers with small absolute values in few bytes. */
void wire_append_signed(struct buf *out, int64_t value);
int64_t wire_signed(uint64_t number);

#endif
