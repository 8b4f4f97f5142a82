/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folding of names. */
#include "facts/names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define EPHEMERAL_PORT 32768
#define HASH_DIGITS 16
#define TIME_DIGITS 6
#define RANDOM_LETTERS 6 /* mkstemp */

static size_t digits_at(const char *text, size_t length)
{
	size_t count = 0;
	while (count < length && isdigit((unsigned char)text[count]))
		count++;
	return count;
}

static bool is_hash(const char *text, size_t length)
{
	if (length < HASH_DIGITS)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

/* Does it end in six letters and digits that no one would choose: a digit and a letter, or both cases, all mixed? */
static bool has_random_end(const char *text, size_t length)
{
	if (length < RANDOM_LETTERS)
		return false;
	const char *end = text + length - RANDOM_LETTERS;
	bool is_joined = length == RANDOM_LETTERS || strchr("._-", end[-1]);
	size_t digits = 0, upper = 0, lower = 0, changes = 0;
	for (int i = 0; i < RANDOM_LETTERS; i++) {
		unsigned char c = (unsigned char)end[i];
		if (!isalnum(c))
			return false;
		digits += isdigit(c) != 0, upper += isupper(c) != 0, lower += islower(c) != 0;
		if (i)
			changes += (isdigit(c) != 0) != (isdigit((unsigned char)end[i - 1]) != 0) ||
				   (isupper(c) != 0) != (isupper((unsigned char)end[i - 1]) != 0);
	}
	bool is_mixed = (digits != 0) + (upper != 0) + (lower != 0) >= 2;
	/* "Module" and "Lua54b" are names. */
	return is_joined && is_mixed && changes >= 2 && digits < RANDOM_LETTERS;
}

static int compare_pids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static bool is_pid(const struct name_context *context, const char *text, size_t digits)
{
	char number[24] = "";
	if (digits > 9 || text[0] == '0')
		return false;
	memcpy(number, text, digits);
	uint32_t pid = (uint32_t)strtoul(number, NULL, 10);
	return (pid > 1 && pid == context->pid) ||
	       (digits >= 4 && context->other_count &&
		bsearch(&pid, context->others, context->other_count, sizeof pid, compare_pids));
}

/* One component, or a name without slashes. */
static void append_component(const struct name_context *context, const char *text, size_t length, struct buf *out)
{
	if (is_hash(text, length)) {
		buf_append_char(out, '*');
		return;
	}
	if (has_random_end(text, length)) {
		buf_append(out, text, length - RANDOM_LETTERS);
		buf_append_char(out, '*');
		return;
	}
	for (size_t i = 0; i < length;) {
		size_t digits = digits_at(text + i, length - i);
		if (!digits) {
			buf_append_char(out, text[i++]);
			continue;
		}
		if (is_pid(context, text + i, digits))
			buf_append_string(out, "<pid>");
		else if (digits >= TIME_DIGITS)
			buf_append_char(out, '*');
		else
			buf_append(out, text + i, digits);
		i += digits;
	}
}

static bool is_number(const char *text, size_t length)
{
	return length && digits_at(text, length) == length;
}

static bool is_two_hex(const char *text, size_t length)
{
	return length == 2 && isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]);
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void append_components(const struct name_context *context, const char *path, struct buf *out)
{
	bool is_proc = starts_with(path, "/proc/"), is_terminal = starts_with(path, "/dev/pts/");
	const char *before = "";
	size_t before_length = 0;
	for (const char *at = path; *at;) {
		size_t length = strcspn(at, "/");
		const char *next = at + length + (at[length] == '/');
		if (is_proc && is_number(at, length))
			buf_append_string(out, before_length == 4 && memcmp(before, "proc", 4) == 0   ? "<pid>"
					       : before_length == 4 && memcmp(before, "task", 4) == 0 ? "<tid>"
												     : "*");
		else if (is_terminal && is_number(at, length))
			buf_append_char(out, '*');
		else if (is_two_hex(at, length) && is_hash(next, strcspn(next, "/")))
			buf_append_char(out, '*');
		else
			append_component(context, at, length, out);
		if (at[length] == '/')
			buf_append_char(out, '/');
		before = at, before_length = length;
		at = next;
	}
}

void name_append_path(const struct name_context *context, const char *given, size_t length, struct buf *out)
{
	char *text = mem_strndup(given, strnlen(given, length)), *path = path_normalise(text);
	const char *below = path_below(path, context->root);
	if (below && path[0] == '/') {
		append_components(context, *below ? below : ".", out);
	} else if (context->home && strlen(context->home) > 1 && (below = path_below(path, context->home))) {
		buf_append_string(out, *below ? "~/" : "~");
		append_components(context, below, out);
	} else {
		append_components(context, path, out);
	}
	free(path);
	free(text);
}

void name_append_plain(const struct name_context *context, const char *text, size_t length, struct buf *out)
{
	append_component(context, text, strnlen(text, length), out);
}

void name_append_socket(const struct name_context *context, const char *given, size_t length, struct buf *out)
{
	char *text = mem_strndup(given, strnlen(given, length));
	char *blank = strchr(text, ' ');
	const char *address = blank ? blank + 1 : text, *colon = strrchr(address, ':');
	buf_append(out, text, (size_t)(address - text));
	if (*address == '/') {
		name_append_path(context, address, strlen(address), out);
	} else if (colon && is_number(colon + 1, strlen(colon + 1)) && strlen(colon + 1) <= 5 &&
		   strtoul(colon + 1, NULL, 10) >= EPHEMERAL_PORT) {
		buf_append(out, address, (size_t)(colon - address) + 1);
		buf_append_char(out, '*');
	} else if (starts_with(text, "unix")) {
		append_component(context, address, strlen(address), out);
	} else {
		buf_append_string(out, address);
	}
	free(text);
}
