/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/public_headers.h"

#include <string.h>

#include "base/text.h"

size_t public_headers_include_length(const char *path)
{
	static const char folder[] = "/include/";
	if (!strncmp(path, folder + 1, strlen(folder) - 1))
		return strlen(folder) - 1;
	const char *found = strstr(path, folder);
	return found ? (size_t)(found - path) + strlen(folder) : 0;
}

bool public_headers_below_include(const char *path)
{
	static const char *const words[] = {"internal", "private", "/priv/", "/impl/", "_priv.", "_impl.", "_int."};
	if (!public_headers_include_length(path))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(path, words[i]))
			return false;
	return true;
}

void public_headers_mark(const struct config *config, struct drift_input *input, bool is_known)
{
	for (size_t f = 0; f < input->files_count; f++) {
		struct drift_file *file = &input->files[f];
		if (!config->api.count) {
			file->is_public |= !is_known && file->is_header && public_headers_below_include(file->path);
			continue;
		}
		file->is_public = false;
		for (size_t i = 0; !file->is_public && i < config->api.count; i++)
			file->is_public = glob_match(config->api.items[i], file->path);
	}
	if (config->api.count)
		input->installs[0] = input->installs[1] = false;
}
