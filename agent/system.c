/* SPDX-License-Identifier: MIT */
/* Bytes, text and whole files without libc. Quiet (core.h). Owns nothing. */
#include "core.h"

#include <fcntl.h>
#include <sys/syscall.h>

void copy_bytes(void *to, const void *from, size_t length)
{
	char *target = to;
	const char *source = from;
	for (size_t i = 0; i < length; i++)
		target[i] = source[i];
}

void zero_bytes(void *to, size_t length)
{
	char *target = to;
	for (size_t i = 0; i < length; i++)
		target[i] = 0;
}

bool same_bytes(const void *a, const void *b, size_t length)
{
	const char *left = a, *right = b;
	for (size_t i = 0; i < length; i++) {
		if (left[i] != right[i])
			return false;
	}
	return true;
}

size_t text_length(const char *text)
{
	size_t length = 0;
	while (text[length])
		length++;
	return length;
}

bool text_is(const char *a, const char *b)
{
	size_t length = text_length(a);
	return length == text_length(b) && same_bytes(a, b, length);
}

const char *text_file_name(const char *path)
{
	const char *name = path;
	for (; *path; path++) {
		if (*path == '/')
			name = path + 1;
	}
	return name;
}

bool text_append(char *buffer, size_t size, size_t *length, const char *text)
{
	for (; *text; text++) {
		if (*length + 1 >= size)
			return false;
		buffer[(*length)++] = *text;
		buffer[*length] = 0;
	}
	return true;
}

void text_append_hex(char *buffer, size_t size, size_t *length, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char digits[3] = {"0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15], 0};
		text_append(buffer, size, length, digits);
	}
}

void text_append_number(char *buffer, size_t size, size_t *length, uint64_t number)
{
	char digits[21];
	size_t at = sizeof digits - 1;
	digits[at] = 0;
	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	text_append(buffer, size, length, digits + at);
}

long read_file(const char *path, void *buffer, size_t size)
{
	long descriptor = system_call(SYS_openat, (long)AT_FDCWD, path, (long)(O_RDONLY | O_CLOEXEC));
	if (descriptor < 0)
		return descriptor;
	size_t length = 0;
	long got = 0;
	while (length < size) {
		got = system_call(SYS_read, descriptor, (char *)buffer + length, size - length);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	system_call(SYS_close, descriptor);
	return got < 0 ? got : (long)length;
}
