/* SPDX-License-Identifier: MIT */
/* How to get from a frame to its caller's, by the unwind tables of the module. Async-signal-safe: no locks, no memory
 * but a fixed cache, and nothing is read but unwind tables and the stack between the bounds given. */
#ifndef SIGHTLINE_AGENT_CFI_H
#define SIGHTLINE_AGENT_CFI_H

#include <stdbool.h>
#include <stdint.h>

#include "agent.h"

/* Where the stack may be read. Addresses below low or from high on are never touched. */
struct cfi_bounds {
	uintptr_t low, high;
	uintptr_t next_low, next_high; /* a second stack that a signal frame may lead to; 0: none */
};

enum cfi_result {
	CFI_CALLER, /* *state is the caller's */
	CFI_END,    /* there is no caller: the outermost frame of the thread */
	CFI_LOST,   /* no rule for this place, or a value that cannot be */
};

/* The places a step has read, for callers that want to know later whether it would go the same way. NULL: not wanted. */
struct cfi_reads {
	uintptr_t return_slot; /* the return address was here */
	uintptr_t frame_slot;  /* the caller's frame pointer was here; 0: it was not read */
	uintptr_t other_slot;  /* a further value; 0: none */
	bool used_frame_pointer; /* the result depends on state->bp beside being passed on */
};

/* One step. After a signal frame state->pc is one more than the interrupted instruction, so that it can be treated as
 * the return addresses are. Only at the start of a walk may is_exact be true. */
enum cfi_result cfi_step(struct frame_state *state, bool is_exact, struct cfi_bounds *bounds, struct cfi_reads *reads);

/* Where a register tells the caller, x30 of AArch64: the first step of a walk from an interrupted instruction whose function
 * has no frame record (yet): it calls none, or has just been entered. false: it has one, which cfi_step finds. */
bool cfi_step_by_link(struct frame_state *state, uintptr_t link, const struct cfi_bounds *bounds);

#endif
