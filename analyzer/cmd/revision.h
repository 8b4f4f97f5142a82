/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Releases of revisions that are not checked out: written to a folder of our own, scanned there, thrown away. Private to cmd/.
 *
 * Compile commands are seldom in git. They are those of the working tree, read for the other revision: sources that the
 * revision has under another name are compiled as they are now, those that are gone as their nearest neighbour is. Files that
 * units read and that git does not track (a configured header, generated code) are taken from the working tree. Both are told.
 * Or a build is run in the revision's own tree, and recorded. */
#ifndef SIGHTLINE_CMD_REVISION_H
#define SIGHTLINE_CMD_REVISION_H

#include "cmd/place.h"
#include "cmd/session.h"
#include "cmd/tree_scan.h"

struct revisions {
	struct session *session;          /* borrowed: its model is open for writing */
	const struct progress *progress;  /* borrowed */
	struct tree_scan_how how;
	bool with_history;                /* read the history of each, too: interest is part of its score */
	const char *build;                /* run in each revision's tree; NULL: the commands of the working tree are used */
	char *top;                        /* the working tree that the codebase is in */
	char *database;                   /* its compile_commands.json; NULL: commands are guessed */
	struct tree_scan now;             /* the working tree's units: known once they are parsed */
	bool now_is_known;
	struct place place;
	char *tree, *root, *index;        /* in the place: the tree that is written, the codebase in it, git's index of it */
	struct arena *arena;
	const char **generated; size_t generated_count; /* below top: read by units now, not tracked */
	bool *copied;                     /* each: it lies in the tree now */
	struct interner *sources;         /* of the working tree's commands, below top */
};

/* What had to be made up for a revision. */
struct revision_notes {
	size_t generated;  /* files taken from the working tree */
	const char *generated_example;
	size_t borrowed;   /* sources compiled as others are */
	size_t parsed, units, not_complete;
	const char *missing_submodule; /* one of them; NULL: all are there. Arena of the revisions */
	size_t missing_submodules;
	size_t pointers;   /* sources that only Git LFS has */
	bool was_known;    /* nothing had to be done */
};

/* Finds the repository, and the working tree's commands (compile_commands: as given on the command line, may be NULL). Warnings
 * about them go to warnings. ERR_INPUT: no repository, unusable commands. */
int revisions_start(struct session *session, const struct tree_scan_how *how, const char *build, const char *compile_commands,
		    const struct progress *progress, const struct warnings *warnings, struct revisions *out, struct err *err);
/* Parses the working tree, where that is needed to scan revisions; its units are in revisions->now. */
int revisions_know_now(struct revisions *revisions, struct err *err);
/* Scans a commit into the release of that name, unless that is stored already. ERR_INPUT, ERR_NOT_FOUND, ERR_LIMIT: it does
 * not build, or cannot be read; others are unharmed. */
int revisions_scan(struct revisions *revisions, const char *commit, const char *name, struct revision_notes *notes, struct err *err);
void revisions_finish(struct revisions *revisions);

/* One line about what was made up; "" where nothing was. */
void revision_notes_append(struct buf *out, const struct revision_notes *notes);

#endif
