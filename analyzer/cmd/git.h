/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What git says of a tree: the default name of a release. */
#ifndef SIGHTLINE_CMD_GIT_H
#define SIGHTLINE_CMD_GIT_H

#include <stddef.h>

/* "git describe --tags --always --dirty" and the commit of the tree at root. Both heap; "" where there is no git or no
 * commit. Nothing that the tree's own configuration names is run: monitors, hooks and filters are switched off. */
void git_describe(const char *root, char **name, char **commit);

/* Files that git takes for renamed between two commits, as pairs "old\0new\0" relative to root; heap. length 0 where it knows
 * neither, or none. */
char *git_renames(const char *root, const char *old, const char *new, size_t *length);

#endif
