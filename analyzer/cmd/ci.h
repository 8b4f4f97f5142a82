/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ready-made files for continuous integration: docs/ci, embedded. Private to cmd/. */
#ifndef SIGHTLINE_CMD_CI_H
#define SIGHTLINE_CMD_CI_H

#include <stdbool.h>

#include "base/err.h"

struct embedded_text { const char *name, *text; };
extern const struct embedded_text embedded_text[]; /* name NULL ends */

/* Writes the file for what ("github", "gitlab", "hook") where that looks for it, below root; one that is there stays: ERR_INPUT. Tells
 * on stderr, unless quiet, what it wrote and what is left to do. */
int ci_write(const char *root, const char *what, bool quiet, struct err *err);

#endif
