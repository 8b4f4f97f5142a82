/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the file of the program that is about to be traced; runs nothing. */
#include "cmd/own.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "facts/observation.h"
#include "ingest/symbols.h"

#define PATHS_LARGEST 4095 /* what the agent has room for */

static bool may_be_of_codebase(const char *program, const char *root)
{
	struct symbols_options options = {.root = root};
	uint64_t flags = symbols_file_flags(program, &options);
	return flags & OBSERVATION_MODULE_DEBUG ? flags & OBSERVATION_MODULE_CODEBASE : flags & OBSERVATION_MODULE_SYMBOLS;
}

/* A line break in a path would make two of it. */
static void append_line(struct buf *out, const char *path)
{
	if (!strchr(path, '\n') && out->length + 1 + strlen(path) <= PATHS_LARGEST)
		buf_printf(out, "%s%s", out->length ? "\n" : "", path);
}

void own_paths(const char *root, const char *program, struct buf *out)
{
	buf_init(out, BUF_NO_CEILING);
	buf_append_string(out, "");
	append_line(out, root);
	char *real = realpath(program, NULL);
	if (real && !path_below(real, root) && may_be_of_codebase(real, root))
		append_line(out, real);
	free(real);
}
