/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subcommands: one file each. This folder alone prints and chooses exit codes. */
#ifndef SIGHTLINE_CMD_CMD_H
#define SIGHTLINE_CMD_CMD_H

#include "base/err.h"

enum exit_code { EXIT_DONE = 0, EXIT_GATE = 1, EXIT_BAD_INPUT = 2, EXIT_BROKEN = 3 };

/* One row of a command's option table; help, completion and the man page are made from it. */
struct option_spec {
	char letter;              /* 0: none */
	const char *name;         /* without dashes */
	const char *argument;     /* its placeholder ("FILE"); NULL: a switch */
	const char *help;         /* one line */
};
struct command_spec {
	const char *name;
	const char *synopsis;     /* "[DIR]" */
	const char *summary;      /* one line */
	const char *description;  /* paragraphs for --help and the man page */
	const char *examples;     /* lines "command\n    what it does" */
	const struct option_spec *options; /* beside the common ones; name NULL ends */
	int (*run)(int argc, char **argv); /* argv[0]: the command's name; returns enum exit_code */
};

#endif
