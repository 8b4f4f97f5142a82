/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vocabulary of a codebase's past: which commits of its last years changed which files. Made by history/ from a git
 * repository, stored by model/ beside a release, judged by analysis/. Says of people no more than that they differ.
 *
 * Canonical bytes: strings, authors, commits with their changes, newest first. Strings are valid UTF-8. */
#ifndef SIGHTLINE_FACTS_HISTORY_H
#define SIGHTLINE_FACTS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#define HISTORY_FORMAT_VERSION 1
#define HISTORY_NONE UINT32_MAX

struct history_change { /* one file of one commit */
	uint32_t path;            /* string: relative to the codebase, as it was called after the commit */
	uint32_t old_path;        /* string: what it was called before; HISTORY_NONE: the same */
	uint32_t added, removed;  /* lines; both 0 where the file is not text, or too large to compare */
};

struct history_commit {
	uint64_t id;       /* the first 8 bytes of its name, big-endian */
	int64_t time;      /* committed: seconds since the epoch, UTC */
	uint32_t author;   /* index into authors */
	bool is_fix;       /* its message says that it mends something, see history_is_fix */
	uint32_t files;    /* files it changed in all, those included that are no C and lie outside the codebase */
	uint32_t first, count; /* changes[first .. first + count) */
};

struct history {
	int64_t head_time;     /* of the commit that the release stands on */
	uint32_t window_days;  /* how far back it was read */
	uint32_t place;        /* hash of where in its repository the codebase lies: paths are relative to that */
	bool is_shallow;       /* the repository lacks older commits: the window may be cut short */
	bool is_cut;           /* there are more commits in the window than are read */
	uint32_t unreadable;   /* commits whose trees are not in the repository (partial clones) */
	const char **strings;             uint32_t string_count;  /* paths, sorted */
	const uint32_t *authors;          uint32_t author_count;  /* hashes of addresses, sorted */
	const struct history_commit *commits; uint32_t commit_count; /* newest first; merges are left out */
	const struct history_change *changes; uint32_t change_count;
};

/* Does a commit's message say that it mends something? Its first line has one of the words fix, fixes, fixed, fixing, fixup, bug,
 * bugs, bugfix, bugfixes, defect(s), crash(es), crashed, crashing, leak(s), leaked, regression(s), overflow(s), segfault(s), deadlock(s), or a
 * later line begins with "Fixes:" or "Fixes #". A heuristic, as all of its kind (Mockus, Votta 2000). */
bool history_is_fix(const char *message);

void history_encode(const struct history *history, struct buf *out);
/* Checks all that it reads; what it returns lives in arena. ERR_INPUT, ERR_LIMIT. */
int history_decode(const void *bytes, size_t length, struct arena *arena, struct history *out, struct err *err);

#endif
