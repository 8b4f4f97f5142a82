/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks one glob by the grammar of glob_match in base/text.h; does not match anything. */
#include "config/globs.h"

#include <string.h>

#define MAX_STARS 16
#define MAX_BYTES 4096

const char *glob_fault(const char *glob)
{
	if (strlen(glob) > MAX_BYTES)
		return "is longer than 4096 bytes, no path is";
	if (*glob == '/')
		return "is absolute, write it relative to the codebase";
	if (glob[strlen(glob) - 1] == '/')
		return "ends with \"/\", add \"**\" for everything below the folder";
	unsigned stars = 0;
	for (const char *at = glob, *part = glob;; at++) {
		if (!*at || *at == '/') {
			size_t length = (size_t)(at - part);
			if (!length || (length <= 2 && memcmp(part, "..", length) == 0))
				return "has an empty, \".\" or \"..\" folder, which no path has; leave it out";
			part = at + 1;
		}
		if (!*at)
			return NULL;
		if (*at == '*' && (at == glob || at[-1] != '*') && ++stars > MAX_STARS)
			return "has more than 16 wildcards, split it in several";
		if (*at != '[')
			continue;
		const char *first = at + 1 + (at[1] == '!' || at[1] == '^');
		const char *close = *first ? strchr(first + 1, ']') : NULL;
		if (!close)
			return "has a \"[\" without \"]\", close it or write \"?\"";
		for (const char *in = first; in < close; in++) {
			if (*in == '/')
				return "has a \"/\" inside \"[...]\", which never matches; write both globs";
			if (in[1] == '-' && in + 2 < close) {
				if ((unsigned char)in[2] < (unsigned char)in[0])
					return "has a range that ends before it starts, swap its ends";
				in += 2;
			}
		}
		at = close;
	}
}
