/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Most significant key first, over keys with the numbers of their rows; the rows themselves move once, at the end. Keys are mostly
 * two numbers put together, the upper of which counts something: then rows go to buckets by that, and what is left to sort is short
 * and at hand. */
#include "base/sort.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DIGIT_BITS 8
#define DIGITS (1u << DIGIT_BITS)
#define FEW 24 /* entries that insertion sorts */

struct entry { uint64_t key; uint32_t row; };

struct sorting {
	const char *rows;
	size_t size;
	unsigned parts;
	uint64_t (*key)(const void *row, unsigned part);
	struct entry *spare; /* room for as many as there are */
};

static bool is_sorted(const struct sorting *s, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const char *row = s->rows + i * s->size;
		for (unsigned part = 0; part < s->parts; part++) {
			uint64_t before = s->key(row - s->size, part), here = s->key(row, part);
			if (before > here)
				return false;
			if (before < here)
				break;
		}
	}
	return true;
}

static void insertion(struct entry *entries, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct entry entry = entries[i];
		size_t at = i;
		for (; at && entries[at - 1].key > entry.key; at--)
			entries[at] = entries[at - 1];
		entries[at] = entry;
	}
}

/* Least significant digit first; digits in which no two differ are passed over. */
static void by_digits(const struct sorting *s, struct entry *entries, size_t count)
{
	struct entry *from = entries, *to = s->spare;
	uint64_t differ = 0;
	for (size_t i = 1; i < count; i++)
		differ |= entries[i].key ^ entries[0].key;
	for (unsigned shift = 0; shift < 64 && differ >> shift; shift += DIGIT_BITS) {
		size_t starts[DIGITS] = {0}, sum = 0;
		shift += (unsigned)__builtin_ctzll(differ >> shift);
		for (size_t i = 0; i < count; i++)
			starts[from[i].key >> shift & (DIGITS - 1)]++;
		for (size_t d = 0; d < DIGITS; d++) {
			size_t here = starts[d];
			starts[d] = sum;
			sum += here;
		}
		for (size_t i = 0; i < count; i++)
			to[starts[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
		struct entry *swap = from;
		from = to;
		to = swap;
	}
	if (from != entries)
		memcpy(entries, from, count * sizeof *entries);
}

static void few_or_many(const struct sorting *s, struct entry *entries, size_t count)
{
	if (count <= FEW)
		insertion(entries, count);
	else
		by_digits(s, entries, count);
}

/* By the upper halves of their keys; false, with nothing done, where those are too far apart. The largest number there is stands for
 * none, and comes behind whatever is the largest else. */
static bool to_buckets(const struct sorting *s, struct entry *entries, size_t count)
{
	uint32_t low = UINT32_MAX, high = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t upper = (uint32_t)(entries[i].key >> 32);
		low = upper < low ? upper : low;
		high = upper > high && upper != UINT32_MAX ? upper : high;
	}
	if (high < low || high - low > count)
		return false;
	size_t buckets = (size_t)(high - low) + 2, sum = 0;
	uint32_t *starts = mem_zalloc(buckets + 1, sizeof *starts); /* filled one late: each becomes its bucket's end */
#define BUCKET(entry) ((entry).key >> 32 == UINT32_MAX ? buckets - 1 : (size_t)((entry).key >> 32) - low)
	for (size_t i = 0; i < count; i++)
		starts[BUCKET(entries[i]) + 1]++;
	for (size_t b = 0; b <= buckets; b++)
		starts[b] = (uint32_t)(sum += starts[b]);
	for (size_t i = 0; i < count; i++)
		s->spare[starts[BUCKET(entries[i])]++] = entries[i];
#undef BUCKET
	memcpy(entries, s->spare, count * sizeof *entries);
	for (size_t b = 0, first = 0; b < buckets; first = starts[b++])
		if (starts[b] - first > 1)
			few_or_many(s, entries + first, starts[b] - first);
	free(starts);
	return true;
}

/* Sorts by one part of the keys, and what is equal in that by the next. */
static void sort_part(const struct sorting *s, struct entry *entries, size_t count, unsigned part)
{
	bool sorted = true;
	for (size_t i = 0; i < count; i++) {
		entries[i].key = s->key(s->rows + entries[i].row * s->size, part);
		sorted = sorted && (!i || entries[i - 1].key <= entries[i].key);
	}
	if (!sorted && (count <= FEW || !to_buckets(s, entries, count)))
		few_or_many(s, entries, count);
	for (size_t first = 0, end; part + 1 < s->parts && first < count; first = end) {
		uint64_t key = entries[first].key;
		for (end = first + 1; end < count && entries[end].key == key;)
			end++;
		if (end - first > 1)
			sort_part(s, entries + first, end - first, part + 1);
	}
}

void sort_rows(void *rows, size_t count, size_t size, unsigned parts, uint64_t (*key)(const void *row, unsigned part))
{
	assert(count <= UINT32_MAX);
	struct sorting s = {rows, size, parts, key, NULL};
	if (is_sorted(&s, count))
		return;
	struct entry *entries = mem_alloc(count * sizeof *entries);
	s.spare = mem_alloc(count * sizeof *s.spare);
	for (size_t i = 0; i < count; i++)
		entries[i].row = (uint32_t)i;
	sort_part(&s, entries, count, 0);
	free(s.spare);
	char *sorted = mem_alloc(count * size);
	for (size_t i = 0; i < count; i++)
		memcpy(sorted + i * size, s.rows + entries[i].row * size, size);
	memcpy(rows, sorted, count * size);
	free(sorted);
	free(entries);
}
