/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help, man page and completions, all made from the commands' tables. */
#ifndef SIGHTLINE_CMD_HELP_H
#define SIGHTLINE_CMD_HELP_H

#include <stdio.h>

#include "cmd/cmd.h"

void help_overview(FILE *stream);
void help_command(FILE *stream, const struct command_spec *command);

/* The command whose name is nearest to a mistyped one; NULL where none is near. */
const struct command_spec *help_nearest(const char *name);

#endif
