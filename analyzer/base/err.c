/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formats error values. Knows nothing of where they are shown. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Marks a message that filled the array as cut, at the end of a whole UTF-8 character. */
static void err_cut(struct err *err)
{
	size_t at = sizeof err->text - 4;
	while (at > sizeof err->text - 7 && ((unsigned char)err->text[at] & 0xc0) == 0x80)
		at--;
	strcpy(err->text + at, "...");
}

/* Names and texts of others are part of messages; their control bytes must not break the line or drive a terminal. */
static void err_clean(struct err *err)
{
	for (char *c = err->text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

static void err_append_list(struct err *err, size_t at, const char *format, va_list args)
{
	int written = vsnprintf(err->text + at, sizeof err->text - at, format, args);
	if (written < 0)
		err->text[at] = '\0';
	else if ((size_t)written >= sizeof err->text - at)
		err_cut(err);
	err_clean(err);
}

static void err_append(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void err_append(struct err *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	err_append_list(err, strlen(err->text), format, args);
	va_end(args);
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
	if (!err)
		return code;
	va_list args;
	va_start(args, format);
	err->code = code;
	err_append_list(err, 0, format, args);
	va_end(args);
	return code;
}

int err_prefix(struct err *err, const char *format, ...)
{
	if (!err)
		return ERR_INTERNAL;
	char lower[sizeof err->text];
	memcpy(lower, err->text, sizeof lower);
	va_list args;
	va_start(args, format);
	err_append_list(err, 0, format, args);
	va_end(args);
	err_append(err, ": %s", lower);
	return err->code;
}

int err_errno(struct err *err, enum err_code code, int errnum, const char *format, ...)
{
	if (!err)
		return code;
	va_list args;
	va_start(args, format);
	err->code = code;
	err_append_list(err, 0, format, args);
	va_end(args);
	err_append(err, ": %s", strerror(errnum));
	return code;
}
