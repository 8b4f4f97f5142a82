/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which locks a function holds where, call by call in source order. Private to visit_sites.c. */
#ifndef SIGHTLINE_EXTRACT_VISIT_LOCKS_H
#define SIGHTLINE_EXTRACT_VISIT_LOCKS_H

#include "extract/visit_internal.h"

/* Held from its taking to the end of the block, or to where the same block gives it back; but not before paused_until, nor from
 * doubted_from on. */
struct held_lock { uint32_t symbol /* FACTS_NONE: without a name */, block, end, paused_until, doubted_from; };
struct held_locks {
	struct visit *visit;
	struct held_lock items[8]; uint32_t count;
	uint32_t cleanups[16], cleanup_depth; /* what pthread_cleanup_push was given: lock or FACTS_NONE; the depth may be more than that */
};

/* Whether some lock is held at a node. Nodes must be asked about in rising order. */
bool visit_locks_held(struct held_locks *locks, uint32_t node);

/* A call of function name, the symbol callee, by the function from: one of the codebase, or from outside, which may take or give back
 * a lock. After visit_locks_held of it. Adds to the facts of locks. */
void visit_locks_call(struct held_locks *locks, uint32_t call, const char *name, bool is_outside, uint32_t from, uint32_t callee);

#endif
