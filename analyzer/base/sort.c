/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least significant digit first, over keys with the numbers of their rows; the rows themselves move once, at the end. */
#include "base/sort.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

struct entry { uint64_t key; uint32_t row; };

/* Sorts by one digit, from one array into the other; false, with nothing done, where all have the same. */
static bool sort_digit(const struct entry *from, struct entry *to, size_t count, unsigned shift)
{
	size_t starts[DIGITS] = {0}, sum = 0;
	for (size_t i = 0; i < count; i++)
		starts[from[i].key >> shift & (DIGITS - 1)]++;
	if (starts[from[0].key >> shift & (DIGITS - 1)] == count)
		return false;
	for (size_t d = 0; d < DIGITS; d++) {
		size_t here = starts[d];
		starts[d] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
	return true;
}

/* Fills the keys of one part, in the order that the entries have. Returns whether that order is a sorted one. */
static bool take_keys(struct entry *entries, const char *rows, size_t count, size_t size, unsigned part,
		      uint64_t (*key)(const void *row, unsigned part))
{
	bool sorted = true;
	for (size_t i = 0; i < count; i++) {
		entries[i].key = key(rows + entries[i].row * size, part);
		sorted = sorted && (!i || entries[i - 1].key <= entries[i].key);
	}
	return sorted;
}

void sort_rows(void *rows, size_t count, size_t size, unsigned parts, uint64_t (*key)(const void *row, unsigned part))
{
	assert(count <= UINT32_MAX);
	if (count < 2)
		return;
	struct entry *entries = mem_alloc(count * sizeof *entries), *other = mem_alloc(count * sizeof *other);
	bool moved = false;
	for (size_t i = 0; i < count; i++)
		entries[i].row = (uint32_t)i;
	for (unsigned part = parts; part-- > 0;) {
		if (take_keys(entries, rows, count, size, part, key))
			continue;
		moved = true;
		for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS)
			if (sort_digit(entries, other, count, shift)) {
				struct entry *swap = entries;
				entries = other;
				other = swap;
			}
	}
	free(other);
	if (moved) {
		char *sorted = mem_alloc(count * size);
		for (size_t i = 0; i < count; i++)
			memcpy(sorted + i * size, (char *)rows + entries[i].row * size, size);
		memcpy(rows, sorted, count * size);
		free(sorted);
	}
	free(entries);
}
