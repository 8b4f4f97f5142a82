/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of resources as the model has them: the same thing in another run, process or checkout has the same name. Pure. */
#ifndef SIGHTLINE_FACTS_NAMES_H
#define SIGHTLINE_FACTS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct name_context {
	const char *root; /* the codebase */
	const char *home; /* NULL: none */
	uint32_t pid;     /* of the process; 0: not known */
	const uint32_t *others; /* of the other processes of the run, sorted: folded, too, where they have four digits */
	size_t other_count;
};

/* Appends a path: relative to the codebase where it lies below it ("." for itself), "~/..." below home, else absolute.
 * Folded: process numbers ("/proc/<pid>/maps", "temp-<pid>.rdb"), terminals, hashes (16 and more hex digits, and a folder
 * of two before one), random endings as mkstemp makes them ("tmp_*"), and numbers of six and more digits (times): "*". */
void name_append_path(const struct name_context *context, const char *path, size_t length, struct buf *out);
/* Appends "tcp 127.0.0.1:6379": ephemeral ports (32768 and up, as Linux gives them out) become "*"; paths of local
 * sockets as above. */
void name_append_socket(const struct name_context *context, const char *text, size_t length, struct buf *out);
/* Appends a name that is none of these (shared memory, queues): numbers folded as in paths. */
void name_append_plain(const struct name_context *context, const char *text, size_t length, struct buf *out);

#endif
