/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command line of one subcommand, read by its option table. */
#ifndef SIGHTLINE_CMD_OPTIONS_H
#define SIGHTLINE_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/cmd.h"

struct option_value { const struct option_spec *option; const char *value; };
struct options {
	const struct command_spec *command;
	struct option_value *values; size_t value_count; /* in order */
	const char **operands;       size_t operand_count; /* what is no option; all that follows "--" */
};

/* Options that every command has; name NULL ends. */
extern const struct option_spec options_common[];
#define OPTION_RELEASE {'r', "release", "NAME", "the release to look at (default: the newest)"}
#define OPTION_RULES {0, "rules", "DIR", "more rules, *.sql; they replace built-in ones of the same id"}
#define OPTION_REFERENCE {0, "reference", "FILE", "hold the code to this diagram: Structurizr DSL, PlantUML or a sightline.yaml"}
#define OPTION_FORMAT {0, "format", "table|json|csv", "how rows are printed (default: table)"}

/* "--name value", "--name=value", "-n value", "-nvalue". Strings are borrowed from argv. ERR_INPUT names the argument
 * and the nearest option. */
int options_parse(const struct command_spec *command, int argc, char **argv, struct options *out, struct err *err);
void options_finish(struct options *options);

bool options_has(const struct options *options, const char *name);
const char *options_value(const struct options *options, const char *name); /* the last one given; NULL: none */

#endif
