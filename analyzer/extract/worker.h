/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker process: takes jobs from its socket, parses, visits, answers. Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_WORKER_H
#define SIGHTLINE_EXTRACT_WORKER_H

#include "extract/extract.h"
#include "extract/prefix_plan.h"

struct worker_setup {
	const struct command_list *list;
	const struct prefix_plan *prefixes; /* NULL: none are shared */
	size_t memory_bytes;                /* RLIMIT_AS */
};

/* Runs in the forked child; socket is its only open file besides the standard three. Never returns: ends with the
 * process when the socket is closed. */
_Noreturn void worker_run(const struct worker_setup *setup, int socket);

#endif
