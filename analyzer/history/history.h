/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a codebase's past from the git repository it lies in. The only folder that includes git2.h. Runs nothing: no hook, no
 * filter, no program of git; reads objects and references alone. */
#ifndef SIGHTLINE_HISTORY_HISTORY_H
#define SIGHTLINE_HISTORY_HISTORY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/progress.h"

#define HISTORY_WINDOW_DAYS 731 /* two years */
#define HISTORY_COMMITS 10000    /* most that are read, merges left out */
#define HISTORY_BULK_FILES 100   /* of a commit that changes more C files no lines are counted */

/* revision: the hexadecimal name of a commit; NULL: the one that is checked out.
 *
 * What the history read at root would be called: a hash of that commit, of what the repository lacks and of how
 * history is read; the same id, the same bytes. Takes a few milliseconds whatever the history's size. ERR_NOT_FOUND with the reason:
 * root lies in no git repository, or in one without commits, or of somebody else. */
int history_identify(const char *root, const char *revision, struct hash128 *id, struct err *err);

/* Appends the canonical bytes of facts/history.h: commits of the last HISTORY_WINDOW_DAYS before that commit, the
 * newest HISTORY_COMMITS, and the C files that they changed, renames found by git's similarity. Of commits that before (bytes of
 * an earlier history; NULL: none) has of the same place, what it says is taken over. Errors: as above; ERR_IO. */
int history_read(const char *root, const char *revision, const void *before, size_t before_length, unsigned threads, const struct progress *progress,
		 struct buf *out, struct err *err);

#endif
