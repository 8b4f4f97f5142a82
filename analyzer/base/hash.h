/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashing: 128-bit content ids (XXH3) and a map from 64-bit keys to 32-bit values.
 *
 * XXH3-128 is not collision-proof against someone who crafts inputs; what such a person could spoil is the
 * analysis of their own code, and a rescan into an empty database mends it. */
#ifndef SIGHTLINE_BASE_HASH_H
#define SIGHTLINE_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash128 {
	uint64_t high, low;
};

#define HASH_HEX_LENGTH 32

struct hash128 hash_bytes(const void *bytes, size_t length);
uint64_t hash_bytes64(const void *bytes, size_t length);
bool hash_equal(struct hash128 a, struct hash128 b);
int hash_compare(struct hash128 a, struct hash128 b); /* as numbers: < 0, 0, > 0 */
void hash_hex(struct hash128 hash, char out[HASH_HEX_LENGTH + 1]);
bool hash_from_hex(const char *hex, struct hash128 *out); /* exactly 32 lower-case hex digits */

/* A running hash over several pieces. Pieces are length-prefixed, so that "ab","c" and "a","bc" differ. */
struct hasher;
struct hasher *hasher_create(void);
void hasher_destroy(struct hasher *hasher);
void hasher_add(struct hasher *hasher, const void *bytes, size_t length);
void hasher_add_string(struct hasher *hasher, const char *text);
struct hash128 hasher_result(const struct hasher *hasher);

/* Open-addressing map uint64 -> uint32. The key UINT64_MAX is reserved. */
struct map64;
struct map64 *map64_create(void);
void map64_destroy(struct map64 *map);
void map64_put(struct map64 *map, uint64_t key, uint32_t value); /* replaces */
bool map64_get(const struct map64 *map, uint64_t key, uint32_t *value);
size_t map64_count(const struct map64 *map);

/* Interns byte strings: equal bytes, equal id. Ids count up from 0 in order of first sight. */
struct interner;
struct interner *interner_create(void);
void interner_destroy(struct interner *interner);
uint32_t interner_add(struct interner *interner, const char *text, size_t length);
/* The same for many, ids[i] of texts[i], sooner than one by one where there are more than caches hold. */
void interner_add_many(struct interner *interner, const char *const *texts, const size_t *lengths, size_t count, uint32_t *ids);
uint32_t interner_add_string(struct interner *interner, const char *text);
bool interner_find(const struct interner *interner, const char *text, size_t length, uint32_t *id);
const char *interner_text(const struct interner *interner, uint32_t id); /* NUL-terminated, stable address */
uint32_t interner_length(const struct interner *interner, uint32_t id);
uint32_t interner_count(const struct interner *interner);

#endif
