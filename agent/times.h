/* SPDX-License-Identifier: MIT */
/* --time: how long functions ran, from the frames of instrument.c's shadow stacks. */
#ifndef SIGHTLINE_AGENT_TIMES_H
#define SIGHTLINE_AGENT_TIMES_H

#include "agent.h"

struct time_frame { /* one activation */
	uint32_t record;       /* of its function in the thread's table, from 1; 0: none */
	uint64_t entered, children_ns;
};

void times_start(void);
uint64_t times_now(void);
void times_enter(struct thread *thread, struct time_frame *frame, uintptr_t function, uint64_t now);
/* has_returned: false where the frame was found to be gone (longjmp): its time counts, it is no call that returned. */
void times_leave(struct thread *thread, const struct time_frame *frame, struct time_frame *caller, bool has_returned,
		 uint64_t now);
/* The thread has ended. */
void times_end(struct thread *thread);

#endif
