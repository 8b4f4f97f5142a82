/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which executables and libraries are the codebase's own, as the agent is told: these are recorded in mode patch where they
 * are unmodified, others in mode plt. */
#ifndef SIGHTLINE_CMD_OWN_H
#define SIGHTLINE_CMD_OWN_H

#include "base/buf.h"

/* Folders and files, one real path a line: the root of the codebase with all below it, and the program that is to be
 * traced where it lies elsewhere but its functions may be those of the codebase: its debug information says so, or it has
 * none and only a symbol table. A stripped one elsewhere has no function that a release could name. out is initialised. */
void own_paths(const char *root, const char *program, struct buf *out);

#endif
