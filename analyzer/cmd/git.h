/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What git knows of a codebase: names of revisions, tags, files, what was renamed. Private to cmd/. */
#ifndef SIGHTLINE_CMD_GIT_H
#define SIGHTLINE_CMD_GIT_H

#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

/* "git describe --tags --always --dirty" and the commit of the tree at root. Both heap; "" where there is no git or no
 * commit. Nothing that the tree's own configuration names is run: monitors, hooks and filters are switched off. */
void git_describe(const char *root, char **name, char **commit);

/* The working tree that root (an absolute real path) is in: its top, likewise, heap. ERR_INPUT: there is none. */
int git_top(const char *root, char **top, struct err *err);

/* The commit that a revision names, hexadecimal, heap. ERR_INPUT says whether it may only be cut off: in a shallow clone, or
 * because a remote was never fetched, and how to get it. */
int git_commit(const char *top, const char *revision, char **commit, struct err *err);

/* Where a and b went different ways. *commit: heap. ERR_NOT_FOUND: nowhere. ERR_INPUT: the clone is too shallow to say. */
int git_merge_base(const char *top, const char *a, const char *b, char **commit, struct err *err);

/* When it was committed, seconds since the epoch. */
int git_commit_time(const char *top, const char *commit, int64_t *when, struct err *err);

/* Tags that match the glob, by version: v1.9 before v1.10, v2.0-rc1 before v2.0. One free() frees all of it. */
struct git_tag { const char *name, *commit; int64_t when; };
int git_tags(const char *top, const char *glob, struct git_tag **tags, size_t *count, struct err *err);

/* Paths relative to top, as raw bytes. The interner is the caller's. */
int git_tracked(const char *top, struct interner *paths, struct err *err);                   /* by the working tree's index */
int git_untracked(const char *top, struct interner *paths, struct err *err);                 /* neither tracked nor ignored */

/* Submodules of a commit that lie below top: path and the commit that it wants. One free() frees all of it. */
struct git_submodule { const char *path, *commit; };
int git_submodules(const char *top, const char *commit, struct git_submodule **out, size_t *count, struct err *err);

/* What is in commit and not in the other one (NULL: the working tree), with the name that it has there: NULL where it is gone. */
typedef void (*git_gone)(void *context, const char *path, const char *renamed_to);
int git_gone_files(const char *top, const char *commit, const char *other, git_gone gone, void *context, struct err *err);

/* Writes the tree of a commit to a folder that exists, by an index of its own: files that a former call left there under the
 * same index are brought up to date. Submodules are left empty. The repository is not touched. */
int git_write_tree(const char *top, const char *commit, const char *folder, const char *index, struct err *err);

#endif
