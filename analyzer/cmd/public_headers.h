/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which headers are the codebase's public API. */
#ifndef SIGHTLINE_CMD_PUBLIC_HEADERS_H
#define SIGHTLINE_CMD_PUBLIC_HEADERS_H

#include "analysis/drift.h"
#include "config/config.h"

/* Sets is_public: by the configuration's "api:" globs; without them, headers below a folder that is called include, unless their
 * path says that they are not for others (internal, private). */
void public_headers_mark(const struct config *config, struct drift_file *files, size_t count);

#endif
