/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up facts of all tables for the tests of this folder. */
#ifndef SIGHTLINE_TESTS_FACTS_SAMPLE_H
#define SIGHTLINE_TESTS_FACTS_SAMPLE_H

#include <stdbool.h>

#include "facts/codec.h"

struct table_form { uint32_t columns; const char *kinds; };
extern const struct table_form FORMS[FACTS_TABLE_COUNT];

/* Repeatable pseudo-random numbers (xorshift). */
uint32_t sample_random(uint64_t *state, uint32_t below);

/* Fills builder with rows of every table that are a function of the seed alone, with each table's values drawn from
 * small ranges, so that keys meet. order: seed of the order in which everything is added and interned. */
void sample_fill(struct facts_builder *builder, uint64_t seed, uint64_t order);

/* The canonical bytes of sample_fill(seed, order). */
void sample_bytes(uint64_t seed, uint64_t order, struct buf *out);

const uint32_t *facts_rows(const struct facts *facts, int table, uint32_t *count);

/* Fails the test unless facts keep what facts.h and codec.h promise. */
void facts_check(const struct facts *facts);

/* Adds all rows of facts to builder, last row first. */
void facts_rebuild(const struct facts *facts, struct facts_builder *builder);

#endif
