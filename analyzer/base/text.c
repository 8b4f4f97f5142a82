/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text, paths, globs and whole-file reading; no domain words. */
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

bool text_ends_with(const char *text, size_t length, const char *end)
{
	size_t size = strlen(end);
	return length >= size && !memcmp(text + length - size, end, size);
}

size_t text_utf8_length(const char *bytes, size_t length)
{
	const unsigned char *b = (const unsigned char *)bytes;
	if (!length)
		return 0;
	if (b[0] < 0x80)
		return 1;
	size_t need = b[0] >= 0xc2 && b[0] <= 0xdf ? 2 : (b[0] & 0xf0) == 0xe0 ? 3 : b[0] >= 0xf0 && b[0] <= 0xf4 ? 4 : 0;
	if (!need || need > length)
		return 0;
	for (size_t i = 1; i < need; i++)
		if ((b[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and code points past U+10FFFF. */
	if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) || (b[0] == 0xf0 && b[1] < 0x90) ||
	    (b[0] == 0xf4 && b[1] > 0x8f))
		return 0;
	return need;
}

void text_append_utf8(struct buf *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t valid = text_utf8_length(bytes + i, length - i);
		if (valid) {
			buf_append(out, bytes + i, valid);
			i += valid;
		} else {
			buf_printf(out, "\\x%02x", (unsigned char)bytes[i]);
			i++;
		}
	}
}

bool text_is_utf8(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t valid = text_utf8_length(bytes + i, length - i);
		if (!valid)
			return false;
		i += valid;
	}
	return true;
}

size_t text_distance(const char *left, const char *right)
{
	/* One row of the usual table: row[j] is the distance between left's first i bytes and right's first j. */
	size_t width = strlen(right);
	size_t *row = mem_alloc((width + 1) * sizeof *row);
	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 0; left[i]; i++) {
		size_t diagonal = row[0]; /* of the row before, one column to the left */
		row[0] = i + 1;
		for (size_t j = 0; j < width; j++) {
			size_t best = diagonal + (left[i] != right[j]);
			diagonal = row[j + 1];
			if (diagonal + 1 < best)
				best = diagonal + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			row[j + 1] = best;
		}
	}
	size_t distance = row[width];
	free(row);
	return distance;
}

char *path_normalise(const char *path)
{
	bool absolute = path[0] == '/';
	size_t length = strlen(path);
	char *out = mem_alloc(length + 2);
	size_t used = 0, fixed = 0; /* fixed: leading ".." components that nothing may remove */
	if (absolute)
		out[used++] = '/', fixed = 1;
	for (const char *at = path; *at;) {
		while (*at == '/')
			at++;
		size_t part = strcspn(at, "/");
		if (!part)
			break;
		if (part == 1 && at[0] == '.') {
			/* stays here */
		} else if (part == 2 && at[0] == '.' && at[1] == '.') {
			if (used > fixed) {
				while (used > fixed && out[used - 1] != '/')
					used--;
				if (used > fixed)
					used--;
			} else if (!absolute) {
				if (used)
					out[used++] = '/';
				memcpy(out + used, "..", 2);
				used += 2;
				fixed = used;
			}
		} else {
			if (used && out[used - 1] != '/')
				out[used++] = '/';
			memcpy(out + used, at, part);
			used += part;
		}
		at += part;
	}
	if (!used)
		out[used++] = '.';
	out[used] = '\0';
	return out;
}

char *path_join(const char *base, const char *path)
{
	if (path[0] == '/')
		return path_normalise(path);
	struct buf joined;
	buf_init(&joined, BUF_NO_CEILING);
	buf_printf(&joined, "%s/%s", base, path);
	char *normal = path_normalise(joined.data);
	buf_finish(&joined);
	return normal;
}

const char *path_below(const char *path, const char *root)
{
	size_t length = strlen(root);
	if (length == 1 && root[0] == '/')
		return path[0] == '/' ? path + 1 : NULL;
	if (strncmp(path, root, length) != 0)
		return NULL;
	if (!path[length])
		return path + length;
	return path[length] == '/' ? path + length + 1 : NULL;
}

const char *path_basename(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

size_t path_stem_length(const char *path)
{
	const char *base = path_basename(path), *dot = strrchr(base, '.');
	return dot && dot != base ? (size_t)(dot - path) : strlen(path);
}

static const char *glob_class(const char *pattern, unsigned char c, bool *matched)
{
	const char *at = pattern + 1;
	bool negated = *at == '!' || *at == '^';
	if (negated)
		at++;
	bool found = false;
	for (bool first = true; *at && (first || *at != ']'); first = false, at++) {
		unsigned char low = (unsigned char)*at, high = low;
		if (at[1] == '-' && at[2] && at[2] != ']') {
			high = (unsigned char)at[2];
			at += 2;
		}
		if (c >= low && c <= high)
			found = true;
	}
	if (!*at)
		return NULL; /* no closing bracket: "[" stands for itself */
	*matched = found != negated;
	return at + 1;
}

/* One character of path against one element of pattern that is no star. Moves both on where they match. */
static bool glob_step(const char **pattern, const char **path)
{
	const char *after = *pattern + 1;
	bool matched = **path && **path == **pattern;
	if (**pattern == '?') {
		matched = **path && **path != '/';
	} else if (**pattern == '[') {
		bool in_class = false;
		const char *behind = glob_class(*pattern, (unsigned char)**path, &in_class);
		if (behind) {
			after = behind;
			matched = in_class && **path && **path != '/';
		}
	}
	if (matched) {
		*pattern = after;
		++*path;
	}
	return matched;
}

/* After a mismatch only the last "*" is tried again, one character further, then the last "**": what an earlier star
 * could leave over, a later one takes as well. That keeps the time polynomial whatever the pattern. */
static bool glob_match_whole(const char *pattern, const char *path)
{
	const char *const begin = pattern;
	const char *star = NULL, *star_path = NULL, *deep = NULL, *deep_path = NULL;
	bool deep_components = false; /* "**" followed by "/", at the start of a component: none or more whole components */
	while (*pattern || *path) {
		if (pattern[0] == '*' && pattern[1] == '*') {
			deep_components = pattern == begin || pattern[-1] == '/';
			while (*pattern == '*')
				pattern++;
			if (!*pattern)
				return true;
			deep_components = deep_components && *pattern == '/';
			pattern += deep_components;
			deep = pattern;
			deep_path = path;
			star = NULL;
		} else if (*pattern == '*') {
			star = ++pattern;
			star_path = path;
		} else if (glob_step(&pattern, &path)) {
			continue;
		} else if (star && *star_path && *star_path != '/') {
			pattern = star;
			path = ++star_path;
		} else if (deep && *deep_path) {
			deep_path = deep_components ? strchr(deep_path, '/') : deep_path;
			if (!deep_path)
				return false;
			pattern = deep;
			path = ++deep_path;
			star = NULL;
		} else {
			return false;
		}
	}
	return true;
}

bool glob_match(const char *pattern, const char *path)
{
	if (!strchr(pattern, '/'))
		path = path_basename(path);
	return glob_match_whole(pattern, path);
}

int file_read(const char *path, size_t ceiling, char **data, size_t *length, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, errno, "%s", path);
	int result = 0;
	struct stat info;
	char *bytes = NULL;
	size_t used = 0, capacity = 0;
	if (fstat(fd, &info) != 0) {
		result = err_errno(err, ERR_IO, errno, "%s", path);
		goto out;
	}
	if (S_ISDIR(info.st_mode)) {
		result = err_set(err, ERR_IO, "%s: is a directory", path);
		goto out;
	}
	mem_grow(&bytes, &capacity, info.st_size > 0 && (uintmax_t)info.st_size < ceiling ? (size_t)info.st_size + 1 : 4096, 1);
	for (;;) {
		mem_grow(&bytes, &capacity, used + 2, 1);
		ssize_t got = read(fd, bytes + used, capacity - used - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			result = err_errno(err, ERR_IO, errno, "%s", path);
			goto out;
		}
		if (!got)
			break;
		used += (size_t)got;
		if (used > ceiling) {
			result = err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, ceiling);
			goto out;
		}
	}
	bytes[used] = '\0';
	*data = bytes;
	*length = used;
	bytes = NULL;
out:
	free(bytes);
	close(fd);
	return result;
}

static int folder_create(const char *path, struct err *err)
{
	struct stat info;
	if (mkdir(path, 0777) == 0)
		return 0;
	int reason = errno;
	if (reason == EEXIST && stat(path, &info) == 0 && !S_ISDIR(info.st_mode))
		reason = ENOTDIR;
	return reason == EEXIST ? 0 : err_errno(err, ERR_IO, reason, "%s: cannot create the folder", path);
}

int dir_create(const char *path, struct err *err)
{
	char *copy = mem_strdup(path);
	int result = 0;
	for (char *slash = copy; result == 0 && (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (slash > copy && slash[-1])
			result = folder_create(copy, err);
	}
	if (result == 0)
		result = folder_create(copy, err);
	free(copy);
	return result;
}
