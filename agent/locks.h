/* SPDX-License-Identifier: MIT */
/* Locks: their resources by address, what a thread holds, in which order locks are taken. All inside the agent. */
#ifndef SIGHTLINE_AGENT_LOCKS_H
#define SIGHTLINE_AGENT_LOCKS_H

#include "resources.h"

/* A lock was initialised by scene->from, or is gone. */
void lock_made(const struct scene *scene, const void *lock, const char *type);
void lock_gone(const void *lock);

struct wait { bool happened; uint64_t ns; }; /* whether it had to be waited for, and how long */
/* The lock is held from now on, in addition to those held already. */
void lock_taken(const struct scene *scene, const void *lock, const char *type, struct wait wait);
void lock_given_back(const struct scene *scene, const void *lock, const char *type);
/* Another event of it, refusals among them. */
void lock_event(const struct scene *scene, const void *lock, const char *type, enum trace_operation operation, struct wait wait,
		bool is_error);
void locks_reset(void);

#endif
