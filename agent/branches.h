/* SPDX-License-Identifier: MIT */
/* Where the branches of an object lead: what decides which functions' first bytes may be overwritten. */
#ifndef SIGHTLINE_AGENT_BRANCHES_H
#define SIGHTLINE_AGENT_BRANCHES_H

#include "functions.h"

#define PATCH_SIZE 5 /* of the jump put at an entry */

/* Memory for a scan is the caller's: a bit per byte of text in each map, all 0. */
struct branches {
	uint64_t *called;      /* calls lead here */
	uint64_t *jumped;      /* jumps of other functions, jump tables and exceptions lead here */
	uint64_t *jumped_if;   /* of these, conditional ones from other functions */
};

static inline bool bit_get(const uint64_t *map, uint64_t at)
{
	return map[at / 64] >> (at % 64) & 1;
}

static inline void bit_set(uint64_t *map, uint64_t at)
{
	map[at / 64] |= (uint64_t)1 << (at % 64);
}

/* Words of each map. */
static inline size_t branches_map_words(const struct code_image *image)
{
	return image->text_size / 64 + 1;
}

/* Where in a function the jump would be put: 0, or behind an endbr64. */
size_t code_patch_offset(const uint8_t *code, size_t size);
/* Reads all functions once: fills the maps, and sets their flags CODE_IS_UNKNOWN, _TARGET, _INDIRECT. */
void branches_scan(const struct code_image *image, struct code_function *functions, size_t count,
		   struct branches *branches);

#endif
