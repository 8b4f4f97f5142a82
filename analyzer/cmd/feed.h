/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a command of the user's and gives it bytes to read. Private to cmd/. */
#ifndef SIGHTLINE_CMD_FEED_H
#define SIGHTLINE_CMD_FEED_H

#include <stddef.h>

#include "base/err.h"

/* "sh -c command" in folder, with bytes as its input; what it prints goes to stderr. It and its children are killed after so many
 * seconds. That it does not read everything is no error. ERR_INPUT: it failed, or took too long. */
int feed_command(const char *command, const char *folder, const void *bytes, size_t length, unsigned seconds, struct err *err);

#endif
