/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What git says of a tree: the default name of a release. */
#ifndef SIGHTLINE_CMD_GIT_H
#define SIGHTLINE_CMD_GIT_H

#include <stdbool.h>

/* "git describe --tags --always --dirty" and the commit of the tree at root. Both heap; "" where there is no git or no
 * commit. Nothing that the tree's own configuration names is run: monitors, hooks and filters are switched off. */
void git_describe(const char *root, char **name, char **commit);

/* Tells each file that each of the last 2,000 commits changed, relative to root, merges left out. false: no git, or nothing of the tree
 * is in it. Nothing of the tree is run, nothing fetched. */
bool git_changes(const char *root, void (*changed)(void *context, const char *path), void *context);

#endif
