/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where -o sends what is written. Into a file beside the target first: it is there whole or not at all. A device, a pipe or the like
 * is written to as it is: renaming over it would put a file in its place. */
#ifndef SIGHTLINE_CMD_TARGET_H
#define SIGHTLINE_CMD_TARGET_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct target {
	FILE *stream;
	char *path;       /* NULL: standard output */
	char *temporary;  /* NULL: no file beside it */
};

/* path NULL or "-": standard output. ERR_INPUT: it cannot be written. */
int target_open(struct target *target, const char *path, struct err *err);
/* Puts the file in its place where result is 0, else removes it. Returns result, or ERR_IO. */
int target_close(struct target *target, int result, struct err *err);
/* A writer's write(), with target.stream as its context. */
int target_write(void *context, const void *bytes, size_t length);

#endif
