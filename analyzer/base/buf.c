/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The growing buffer. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *buf, size_t ceiling)
{
	*buf = (struct buf){.ceiling = ceiling};
}

void buf_finish(struct buf *buf)
{
	free(buf->data);
	buf_init(buf, buf->ceiling);
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	buf->overflow = false;
	if (buf->data)
		buf->data[0] = '\0';
}

static bool buf_reserve(struct buf *buf, size_t more)
{
	if (buf->overflow || more > buf->ceiling - buf->length || more > SIZE_MAX / 2 - buf->length) {
		buf->overflow = true;
		return false;
	}
	mem_grow(&buf->data, &buf->capacity, buf->length + more + 1, 1);
	return true;
}

void buf_append(struct buf *buf, const void *bytes, size_t length)
{
	if (!buf_reserve(buf, length))
		return;
	if (length)
		memcpy(buf->data + buf->length, bytes, length);
	buf->length += length;
	buf->data[buf->length] = '\0';
}

void buf_append_string(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void buf_append_char(struct buf *buf, char c)
{
	buf_append(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	if (length >= 0 && buf_reserve(buf, (size_t)length)) {
		vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
		buf->length += (size_t)length;
	}
	va_end(again);
	va_end(args);
}

char *buf_take(struct buf *buf, size_t *length)
{
	if (!buf->data)
		mem_grow(&buf->data, &buf->capacity, 1, 1), buf->data[0] = '\0';
	char *data = buf->data;
	if (length)
		*length = buf->length;
	buf_init(buf, buf->ceiling);
	return data;
}

void buf_append_varint(struct buf *buf, uint64_t value)
{
	unsigned char bytes[10];
	size_t length = 0;
	do {
		bytes[length] = (unsigned char)(value & 0x7f);
		value >>= 7;
		if (value)
			bytes[length] |= 0x80;
		length++;
	} while (value);
	buf_append(buf, bytes, length);
}

bool varint_read(const unsigned char **at, const unsigned char *end, uint64_t *value)
{
	uint64_t result = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (*at == end)
			return false;
		unsigned char byte = *(*at)++;
		if (shift == 63 && byte > 1)
			return false;
		result |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*value = result;
			return true;
		}
	}
	return false;
}
