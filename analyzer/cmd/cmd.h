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
	const char *argument;     /* its placeholder ("FILE", or the choices "a|b"); NULL: a switch */
	const char *help;         /* one line */
};

struct options;
struct command_spec {
	const char *name;
	const char *synopsis;     /* "[DIR]" */
	const char *summary;      /* one line, no full stop */
	const char *description;  /* paragraphs for --help and the man page */
	const char *examples;     /* lines "command\n    what it does" */
	const struct option_spec *options; /* beside the common ones; name NULL ends */
	/* Returns 0 or an error; where it returns 0, *code is the exit code: EXIT_DONE unless it is set. */
	int (*run)(const struct options *options, int *code, struct err *err);
};

/* Every command, in the order of the help; NULL ends. Adding one: its file, its name here and in main.c's table. */
extern const struct command_spec *const commands[];
extern const struct command_spec command_scan, command_replay, command_trace, command_ingest, command_releases, command_domains, command_debt,
	command_findings, command_tasks, command_rules, command_flows, command_resources, command_drift, command_gate, command_alerts, command_show,
	command_query, command_report, command_serve, command_export, command_init,
	command_completion, command_manual;

#endif
