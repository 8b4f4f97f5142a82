/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What single parts of the agent need from the others, in a program that is not traced: modules by dl_iterate_phdr, a
 * trace file in plain memory. */
#ifndef SIGHTLINE_TESTS_AGENT_FAKES_H
#define SIGHTLINE_TESTS_AGENT_FAKES_H

#include "agent/agent.h"

void fakes_start(void);
/* Fills the bounds of the calling thread's stack. */
void fakes_thread(struct thread *thread);
extern uint64_t fakes_lost[TRACE_LOSSES];

#endif
