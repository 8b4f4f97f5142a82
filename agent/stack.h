/* SPDX-License-Identifier: MIT */
/* Call stacks, beside stack_record (agent.h). */
#ifndef SIGHTLINE_AGENT_STACK_H
#define SIGHTLINE_AGENT_STACK_H

#include "agent.h"

enum { STACK_READS_MAX = 160 }; /* words of the stack that a walk may have read and still be known again */

/* Forgets all that points into the trace file: in a forked child, before it gets a file of its own. */
void stack_reset(void);

/* The alternate signal stack, where that is in use: what lies below it may be anything of the program's. */
bool alternate_stack(uintptr_t *low, uintptr_t *high);

/* The mapping that an address lies in, as the kernel has it now. false: not known. */
bool mapping_of(uintptr_t address, uintptr_t *low, uintptr_t *high);

#endif
