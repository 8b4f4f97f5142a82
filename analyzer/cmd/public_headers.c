/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/public_headers.h"

#include <string.h>

#include "base/text.h"

static bool is_below_include(const char *path)
{
	static const char *const words[] = {"internal", "private", "/priv/", "/impl/", "_priv.", "_impl.", "_int."};
	if (strncmp(path, "include/", 8) && !strstr(path, "/include/"))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(path, words[i]))
			return false;
	return true;
}

void public_headers_mark(const struct config *config, struct drift_file *files, size_t count)
{
	for (size_t f = 0; f < count; f++) {
		bool is_public = !config->api.count && files[f].is_header && is_below_include(files[f].path);
		for (size_t i = 0; !is_public && i < config->api.count; i++)
			is_public = glob_match(config->api.items[i], files[f].path);
		files[f].is_public = is_public;
	}
}
