/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs git and hands back what it said. Nothing that a repository's own configuration names is run by it: monitors, hooks,
 * filters, external diffs and text conversions are switched off. Private to cmd/. */
#ifndef SIGHTLINE_CMD_VCS_RUN_H
#define SIGHTLINE_CMD_VCS_RUN_H

#include "base/buf.h"
#include "base/err.h"

/* Runs "git WORDS" in folder; words and environment ("NAME=value" beside ours) end with NULL, environment may be NULL. What
 * it wrote to stdout is appended to out (NULL: dropped), up to its ceiling. ERR_INPUT with git's own words where it fails or
 * there is no git; ERR_LIMIT past the ceiling. err may be NULL. */
int vcs_run(const char *folder, const char *const *words, const char *const *environment, struct buf *out, struct err *err);

/* The same, for a question that has one line as its answer: heap, without its newline. *line is untouched on failure. */
int vcs_line(const char *folder, const char *const *words, char **line, struct err *err);

#endif
