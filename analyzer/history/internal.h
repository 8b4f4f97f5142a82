/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of history/ share. Private to history/. */
#ifndef SIGHTLINE_HISTORY_INTERNAL_H
#define SIGHTLINE_HISTORY_INTERNAL_H

#include <git2.h>
#include <stdbool.h>

#include "facts/history.h"
#include "history/history.h"

/* Where a codebase lies in its repository. */
struct place {
	git_repository *repository;
	git_oid head;
	int64_t head_time;
	bool is_shallow;
	char *prefix; /* "" or "path/of/the/codebase/", as git spells it; heap */
};
/* libgit2 is in use from place_open, whatever it returns, to place_close. Errors: as history_identify. */
int place_open(const char *root, const char *revision, struct place *out, struct err *err);
void place_close(struct place *place);

/* One commit, read: strings and arrays are heap until read_commit_finish. */
struct read_change { char *path, *old_path /* NULL: the same */; uint32_t added, removed; };
struct read_commit {
	git_oid oid;
	bool is_read;       /* false: its objects are not in the repository */
	int64_t time;
	uint32_t author;    /* hash of the address */
	bool is_fix;
	uint32_t files;
	struct read_change *changes; size_t count, capacity;
};
/* Reads commit->oid. Anything that is missing leaves is_read false. */
void commit_read(git_repository *repository, const char *prefix, struct read_commit *commit);
void read_commit_finish(struct read_commit *commit);

uint64_t commit_short_id(const git_oid *oid); /* as history_commit.id */

#endif
