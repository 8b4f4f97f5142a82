/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which headers are the codebase's public API. */
#ifndef SIGHTLINE_CMD_PUBLIC_HEADERS_H
#define SIGHTLINE_CMD_PUBLIC_HEADERS_H

#include "analysis/drift.h"
#include "config/config.h"

/* Length of the path up to and with its first folder "include/"; 0: it has none. */
size_t public_headers_include_length(const char *path);
/* Below a folder that is called include, and the path does not say that it is not for others (internal, private). */
bool public_headers_below_include(const char *path);

/* Sets is_public of files: the configuration's "api:" globs override what the releases say of it (derive_headers.c). Where one of
 * them says nothing (is_known: both do), headers below include are public, too: it was stored before this was asked. */
void public_headers_mark(const struct config *config, struct drift_input *input, bool is_known);

#endif
