/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history of a codebase, read once per commit and stored. Private to cmd/. */
#ifndef SIGHTLINE_CMD_PAST_H
#define SIGHTLINE_CMD_PAST_H

#include "base/progress.h"
#include "cmd/session.h"

/* Why the history says less than it could; reason "": it is whole. */
struct past_told { char reason[1024]; bool is_absent; };

/* Fills history and git_time of a release to be put, up to a revision (hexadecimal; NULL: what is checked out), reading the repository where the model does not have what it says yet.
 * Without a repository nothing is filled and *told says why: that is no error. */
int past_read(struct session *session, const char *revision, const struct progress *progress, struct model_release *release, struct past_told *told,
	      struct err *err);

#endif
