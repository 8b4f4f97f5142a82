/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a program with the agent in it, and waits for its end. */
#ifndef SIGHTLINE_CMD_LAUNCH_H
#define SIGHTLINE_CMD_LAUNCH_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/program.h"

struct launch {
	const struct program *program;
	const char *const *arguments; /* the program's name as it was given, then its arguments; NULL ends */
	const char *agent;            /* path of the preload library */
	const char *options;          /* value of TRACE_VARIABLE */
	void (*meanwhile)(void *context); /* about once a second while it runs */
	void *context;
};

/* What main changed for itself, and the program must find as it was: how SIGPIPE was handled when we were started. */
void launch_remember_pipe_signal(void (*handler)(int));

/* The program has our standard streams, working folder, process group and environment, with the agent's two variables. Keys that
 * interrupt or quit go to it, not to us; SIGTERM and SIGHUP sent to us are passed on. Returns when it has ended, with
 * its status as of waitpid. ERR_INPUT: it could not be executed. */
int launch_run(const struct launch *launch, int *status, struct err *err);

/* The exit code that a shell would tell. */
int launch_exit_code(int status);

#endif
