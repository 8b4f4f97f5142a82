/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building facts, and their canonical bytes.
 *
 * Bytes: "SLF" + version byte; string count, strings front-coded (shared prefix length, suffix length, suffix);
 * then each table of FACTS_TABLES: row count, and column by column the values as zigzag deltas. All numbers are
 * LEB128. Equal content gives equal bytes; that is what facts ids rest on. */
#ifndef SIGHTLINE_FACTS_CODEC_H
#define SIGHTLINE_FACTS_CODEC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "facts/facts.h"

/* Collects rows in any order. One builder makes one chunk or one unit. */
struct facts_builder;
struct facts_builder *facts_builder_create(void);
void facts_builder_destroy(struct facts_builder *builder);

/* Interning: equal content, equal id. The ids are valid in this builder only, and are what the row structs given
 * to facts_builder_add hold in their string, symbol and slot columns. string() applies text_append_utf8. */
uint32_t facts_builder_string(struct facts_builder *builder, const char *text, size_t length);
uint32_t facts_builder_symbol(struct facts_builder *builder, const struct facts_symbol *symbol);
uint32_t facts_builder_slot(struct facts_builder *builder, const struct facts_slot *slot);

/* Appends a row (a struct of the table's row type) to any table but symbols and slots. Rows that agree in their
 * key are merged at the end: references by (from, to, kind, flags): sites add up, smallest line; icalls by (from,
 * slot, signature): most arguments, sites add up, smallest line; locks by all but sites and line, which do as well; flows by (target, source) and literals and constants by all but
 * line: smallest line. Other tables drop equal rows. */
void facts_builder_add(struct facts_builder *builder, enum facts_table table, const void *row);

/* Sorts, merges, drops what no row refers to, and appends the canonical bytes to out. The builder is empty after. */
void facts_builder_finish(struct facts_builder *builder, struct buf *out);

/* Decodes bytes of any origin; everything is checked (indices, order, ranges), so that code behind it need not.
 * *out borrows from arena. Errors: ERR_INPUT with the offset and the reason; ERR_LIMIT past 512 MiB of strings. */
int facts_decode(const void *bytes, size_t length, struct arena *arena, struct facts *out, struct err *err);

/* Appends the canonical bytes of facts (as decoded) to out. */
void facts_encode(const struct facts *facts, struct buf *out);

#endif
