/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formats error values. Knows nothing of where they are shown. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void err_format(struct err *err, size_t at, const char *format, va_list args)
{
	int written = vsnprintf(err->text + at, sizeof err->text - at, format, args);
	if (written < 0)
		err->text[at] = '\0';
	else if ((size_t)written >= sizeof err->text - at)
		memcpy(err->text + sizeof err->text - 4, "...", 4);
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
	if (!err)
		return code;
	va_list args;
	va_start(args, format);
	err->code = code;
	err_format(err, 0, format, args);
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
	err_format(err, 0, format, args);
	va_end(args);
	size_t length = strlen(err->text);
	if (length + 3 < sizeof err->text) {
		int written = snprintf(err->text + length, sizeof err->text - length, ": %s", lower);
		if (written < 0 || (size_t)written >= sizeof err->text - length)
			memcpy(err->text + sizeof err->text - 4, "...", 4);
	}
	return err->code;
}

int err_errno(struct err *err, enum err_code code, int errnum, const char *format, ...)
{
	if (!err)
		return code;
	va_list args;
	va_start(args, format);
	err->code = code;
	err_format(err, 0, format, args);
	va_end(args);
	size_t length = strlen(err->text);
	if (length + 3 < sizeof err->text)
		snprintf(err->text + length, sizeof err->text - length, ": %s", strerror(errnum));
	return code;
}
