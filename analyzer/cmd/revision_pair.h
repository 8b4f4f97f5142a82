/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two revisions of a git repository as two releases of a model that is made for that. Private to cmd/. */
#ifndef SIGHTLINE_CMD_REVISION_PAIR_H
#define SIGHTLINE_CMD_REVISION_PAIR_H

#include "cmd/session.h"
#include "cmd/tree_scan.h"

/* For a command that compares them; beside OPTIONS_TREE_SCAN. */
#define OPTIONS_REVISION_PAIR                                                                                                  \
	{0, "git", "REVISION", "compare with this revision of git; what is not stored is scanned"},                              \
	{0, "exact", NULL, "with --git: with the revision itself, not with where the branch left it"},                          \
	{0, "build", "'CMD'", "with --git: run this build in both trees and record it with bear"},                              \
	{'p', "compile-commands", "PATH", "with --git: the compile commands of the working tree (default: looked for)"}

struct revision_pair { char *base, *head; /* names of releases */ char *remark; /* a line for people; "" */ };

/* Makes both releases, as far as they are not stored: of the commit where the working tree's branch (or the revision head, where one
 * is named) left base, and of the working tree (or head). Without --db the model is gate.db beside the session's own, so that nobody
 * finds revisions among the releases that were scanned; it is opened for writing, and stays open. Domains of the head start from
 * those of the base. Options: those above. Tells what had to be made up on stderr. ERR_INPUT: no such revision (in a shallow clone:
 * how to get it), nothing to scan it by. */
int revision_pair_make(const struct options *options, struct session *session, const char *base, const char *head, struct revision_pair *out,
		       struct err *err);
void revision_pair_finish(struct revision_pair *pair);

#endif
