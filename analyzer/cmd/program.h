/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Can a program be traced? Asked before it starts: what the agent cannot get into is refused with the way out. */
#ifndef SIGHTLINE_CMD_PROGRAM_H
#define SIGHTLINE_CMD_PROGRAM_H

#include "base/err.h"

struct program {
	char *path;         /* what is executed: found on PATH where the name has no slash; heap */
	char *sanitizer;    /* name of the sanitizer's runtime that wants to be loaded first; NULL: none; heap */
};

/* ERR_INPUT with one line: not found, not executable, no program; or static, of another C library, another machine, set-uid, with
 * file capabilities. Of a script its interpreter is looked at. */
int program_check(const char *name, struct program *out, struct err *err);
void program_finish(struct program *program);

#endif
