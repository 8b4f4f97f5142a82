/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte buffer with a stated ceiling, and varint encoding in it. */
#ifndef SIGHTLINE_BASE_BUF_H
#define SIGHTLINE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;      /* always terminated by a NUL that length does not count, once anything was appended */
	size_t length;
	size_t capacity;
	size_t ceiling;  /* most bytes it may hold; an append past it sets overflow and appends nothing */
	bool overflow;
};

#define BUF_NO_CEILING SIZE_MAX

void buf_init(struct buf *buf, size_t ceiling);
void buf_finish(struct buf *buf);                       /* frees; the struct is as after buf_init */
void buf_clear(struct buf *buf);                        /* keeps the memory */
void buf_append(struct buf *buf, const void *bytes, size_t length);
void buf_append_string(struct buf *buf, const char *text);
void buf_append_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *buf_take(struct buf *buf, size_t *length);        /* ownership moves; never NULL; length may be NULL */

/* LEB128. The reader returns false at the end of input or on a number longer than 64 bits. */
void buf_append_varint(struct buf *buf, uint64_t value);
bool varint_read(const unsigned char **at, const unsigned char *end, uint64_t *value);

#endif
