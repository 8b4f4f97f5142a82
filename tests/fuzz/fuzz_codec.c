/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as facts: refused, or the one spelling of what they say, in this format or one before. Decoded facts are read through as a reader of them
 * would: every index followed, every string to its end. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "facts/codec.h"

#define FORMAT_AT 3 /* the byte that tells the format, behind the magic */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static size_t length_of(const struct facts *facts, uint32_t string)
{
	return string == FACTS_NONE ? 0 : strlen(facts->strings[string]);
}

static size_t walk_symbol(const struct facts *facts, uint32_t symbol)
{
	size_t sum = 0;
	for (; symbol != FACTS_NONE; symbol = facts->symbols[symbol].parent_symbol)
		sum += length_of(facts, facts->symbols[symbol].name_string) +
		       length_of(facts, facts->symbols[symbol].file_string);
	return sum;
}

static size_t walk_slot(const struct facts *facts, uint32_t slot)
{
	size_t sum = 0;
	for (; slot != FACTS_NONE; slot = facts->slots[slot].through_slot)
		sum += walk_symbol(facts, facts->slots[slot].owner_symbol);
	return sum;
}

static size_t walk_rows(const struct facts *facts, const uint32_t *rows, size_t count, uint32_t columns, const char *kinds)
{
	size_t sum = 0;
	for (size_t i = 0; i < count * columns; i++) {
		switch (kinds[i % columns]) {
		case 's': case 'S': sum += length_of(facts, rows[i]); break;
		case 'y': case 'Y': sum += walk_symbol(facts, rows[i]); break;
		case 'l': case 'L': sum += walk_slot(facts, rows[i]); break;
		}
	}
	return sum;
}

static volatile size_t sink; /* so that the walk is not optimised away */

static void check_same(const void *one, size_t one_length, const void *other, size_t other_length)
{
	if (one_length != other_length || memcmp(one, other, one_length) != 0)
		abort();
}

/* What this format writes of facts of an older one decodes to itself. */
static void check_spelling(const struct buf *written)
{
	struct arena *arena = arena_create();
	struct facts facts;
	struct err err = {0};
	struct buf again;
	buf_init(&again, BUF_NO_CEILING);
	if (facts_decode(written->data, written->length, arena, &facts, &err) != 0)
		abort();
	facts_encode(&facts, &again);
	check_same(again.data, again.length, written->data, written->length);
	buf_finish(&again);
	arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = arena_create();
	struct facts facts;
	struct err err = {0};
	int result = facts_decode(bytes, length, arena, &facts, &err);
	if (result == 0) {
		size_t sum = 0;
#define WALK(name, type, columns, kinds) \
	sum += walk_rows(&facts, (const uint32_t *)(const void *)facts.name, facts.name##_count, columns, kinds);
		FACTS_TABLES(WALK)
#undef WALK
		for (uint32_t i = 0; i < facts.string_count; i++)
			if (!text_is_utf8(facts.strings[i], strlen(facts.strings[i])))
				abort();
		sink = sum;
		struct buf again;
		buf_init(&again, BUF_NO_CEILING);
		facts_encode(&facts, &again);
		if (bytes[FORMAT_AT] == FACTS_FORMAT_VERSION)
			check_same(again.data, again.length, bytes, length);
		else
			check_spelling(&again);
		buf_finish(&again);
	} else if ((result != ERR_INPUT && result != ERR_LIMIT) || err.code != (enum err_code)result || !err.text[0]) {
		abort();
	}
	arena_destroy(arena);
	return 0;
}
