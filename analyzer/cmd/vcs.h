/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the repository of a codebase knows beyond its history: revisions by name, tags, files, what was renamed; and its trees, written
 * somewhere else. Asks the program git, which alone knows all settings that a user may have. Private to cmd/. */
#ifndef SIGHTLINE_CMD_VCS_H
#define SIGHTLINE_CMD_VCS_H

#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

/* The working tree that root (an absolute real path) is in: its top, likewise, heap. ERR_INPUT: there is none. */
int vcs_top(const char *root, char **top, struct err *err);

/* The commit that a revision names, hexadecimal, heap. ERR_INPUT says whether it may only be cut off: in a shallow clone, or
 * because a remote was never fetched, and how to get it. */
int vcs_commit(const char *top, const char *revision, char **commit, struct err *err);

/* Where a and b went different ways. *commit: heap. ERR_NOT_FOUND: nowhere. ERR_INPUT: the clone is too shallow to say. */
int vcs_merge_base(const char *top, const char *a, const char *b, char **commit, struct err *err);

/* When it was committed, seconds since the epoch. */
int vcs_commit_time(const char *top, const char *commit, int64_t *when, struct err *err);

/* Tags that match the glob, by version: v1.9 before v1.10, v2.0-rc1 before v2.0. One free() frees all of it. */
struct vcs_tag { const char *name, *commit; int64_t when; };
int vcs_tags(const char *top, const char *glob, struct vcs_tag **tags, size_t *count, struct err *err);

/* Paths relative to top, as raw bytes. The interner is the caller's. */
int vcs_tracked(const char *top, struct interner *paths, struct err *err);                   /* by the working tree's index */
int vcs_untracked(const char *top, struct interner *paths, struct err *err);                 /* neither tracked nor ignored */

/* Submodules of a commit that lie below top: path and the commit that it wants. One free() frees all of it. */
struct vcs_submodule { const char *path, *commit; };
int vcs_submodules(const char *top, const char *commit, struct vcs_submodule **out, size_t *count, struct err *err);

/* What is in commit and not in the other one (NULL: the working tree), with the name that it has there: NULL where it is gone. */
typedef void (*vcs_gone)(void *context, const char *path, const char *renamed_to);
int vcs_gone_files(const char *top, const char *commit, const char *other, vcs_gone gone, void *context, struct err *err);

/* Writes the tree of a commit to a folder that exists, by an index of its own: files that a former call left there under the
 * same index are brought up to date. Submodules are left empty. The repository is not touched. */
int vcs_write_tree(const char *top, const char *commit, const char *folder, const char *index, struct err *err);

#endif
