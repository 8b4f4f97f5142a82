/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and sorted strings as bytes, and back. Knows no table. */
#include "facts/wire.h"

#include <string.h>

#include "base/text.h"

#define STRINGS_CEILING ((uint64_t)512 << 20)

int wire_fail(struct wire *wire, const char *reason)
{
	return err_set(wire->err, ERR_INPUT, "%s: byte %zu: %s", wire->what, (size_t)(wire->at - wire->start), reason);
}

bool wire_number(struct wire *wire, uint64_t *value)
{
	const unsigned char *start = wire->at;
	return varint_read(&wire->at, wire->end, value) && (wire->at - start == 1 || wire->at[-1]);
}

void wire_append_strings(struct buf *out, const char *const *strings, uint64_t count)
{
	buf_append_varint(out, count);
	const char *previous = "";
	for (uint64_t i = 0; i < count; i++) {
		const char *text = strings[i];
		size_t shared = 0;
		while (previous[shared] && previous[shared] == text[shared])
			shared++;
		size_t suffix = strlen(text + shared);
		buf_append_varint(out, shared);
		buf_append_varint(out, suffix);
		buf_append(out, text + shared, suffix);
		previous = text;
	}
}

/* Is text valid UTF-8, given that the string of which it repeats the first bytes is? */
static bool continues_utf8(const char *text, size_t shared, size_t length)
{
	bool plain = !shared || !((unsigned char)text[shared - 1] & 0x80);
	for (size_t i = shared; plain && i < length; i++)
		plain = !((unsigned char)text[i] & 0x80);
	return plain || text_is_utf8(text, length);
}

int wire_strings(struct wire *wire, const char ***out, uint64_t *out_count)
{
	uint64_t count;
	if (!wire_number(wire, &count))
		return wire_fail(wire, "bad string count");
	if (count > (uint64_t)(wire->end - wire->at) / 2 || count >= UINT32_MAX)
		return wire_fail(wire, "more strings than bytes");
	const char **strings = arena_alloc(wire->arena, (count + 1) * sizeof *strings);
	const char *previous = "";
	uint64_t previous_length = 0, total = 0;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t shared, suffix;
		if (!wire_number(wire, &shared) || !wire_number(wire, &suffix))
			return wire_fail(wire, "bad string length");
		if (shared > previous_length || suffix > (uint64_t)(wire->end - wire->at))
			return wire_fail(wire, "string length out of range");
		total += shared + suffix + 1;
		if (total > STRINGS_CEILING)
			return err_set(wire->err, ERR_LIMIT, "%s: more than %llu bytes of strings", wire->what,
				       (unsigned long long)STRINGS_CEILING);
		char *text = arena_alloc(wire->arena, shared + suffix + 1);
		memcpy(text, previous, shared);
		memcpy(text + shared, wire->at, suffix);
		text[shared + suffix] = '\0';
		wire->at += suffix;
		if (memchr(text + shared, '\0', suffix))
			return wire_fail(wire, "string with a NUL byte");
		if (i && strcmp(previous, text) >= 0)
			return wire_fail(wire, "strings out of order");
		/* A longer shared prefix than was declared would be a second spelling of the same content. */
		if (i && suffix && previous[shared] == text[shared] && previous[shared])
			return wire_fail(wire, "string prefix not maximal");
		if (!continues_utf8(text, shared, shared + suffix))
			return wire_fail(wire, "string is not UTF-8");
		strings[i] = text;
		previous = text;
		previous_length = shared + suffix;
	}
	*out = strings;
	*out_count = count;
	return 0;
}

void wire_append_signed(struct buf *out, int64_t value)
{
	buf_append_varint(out, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

int64_t wire_signed(uint64_t number)
{
	return (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
}

uint32_t wire_intern(struct interner *strings, struct buf *scratch, const char *text, size_t length)
{
	const char *nul = length ? memchr(text, '\0', length) : NULL;
	if (nul)
		length = (size_t)(nul - text);
	if (text_is_utf8(text, length))
		return interner_add(strings, text, length);
	buf_clear(scratch);
	text_append_utf8(scratch, text, length);
	return interner_add(strings, scratch->data, scratch->length);
}
