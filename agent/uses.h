/* SPDX-License-Identifier: MIT */
/* Counters that a thread keeps for itself: uses of resources and orders of locks, in tables of the trace file. */
#ifndef SIGHTLINE_AGENT_USES_H
#define SIGHTLINE_AGENT_USES_H

#include "agent.h"

/* One more that many: a single instruction, so that a signal handler comes before or after it. */
static inline void count_add(uint64_t *counter, uint64_t amount)
{
#if defined(__x86_64__)
	__asm__("addq %1, %0" : "+m"(*counter) : "er"(amount) : "cc");
#else
	__atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
#endif
}

/* The calling thread's record, made where it is not there yet; NULL: no room (a loss is counted). Inside the agent only
 * (agent_enter): a thread does not come here while it is here. *is_new: made now, the caller fills in the rest; it counts
 * for readers once it has gone through use_publish / order_publish. */
struct trace_use *use_find(struct thread *thread, uintptr_t from, uint32_t resource, uint32_t operation, bool *is_new);
void use_publish(struct trace_use *use, uintptr_t from);
struct trace_order *order_find(struct thread *thread, uintptr_t from, uint32_t held, uint32_t taken, bool *is_new);
void order_publish(struct trace_order *order, uintptr_t from);

/* resources_thread_end (agent.h) is here as well. */

/* In a forked child: all tables belong to the parent's file. */
void uses_reset(void);

#endif
