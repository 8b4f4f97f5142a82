/* SPDX-License-Identifier: MIT */
/* Threads, forks and started programs: what the wrappers share, and what wrap_*.S calls. */
#ifndef SIGHTLINE_AGENT_LIFECYCLE_H
#define SIGHTLINE_AGENT_LIFECYCLE_H

#include "core.h"

/* The function behind a wrapper of that name, looked up at its first call. */
#define REAL(name)                                                                                                     \
	({                                                                                                             \
		static void *place;                                                                                    \
		if (!place)                                                                                            \
			place = real_function(#name);                                                                  \
		(__typeof__(&name))place;                                                                              \
	})

/* Looks the real functions up that wrap_*.S jumps to; also where the agent is off. */
void lifecycle_resolve(void);
extern void *real_syscall, *real_vfork;
/* jail.c: a seccomp filter is about to be set: reserves what may be needed, and makes no system call any more. Tells
 * whether that was so already. */
bool freeze_begin(void);
void vfork_seen(uintptr_t from, const void *frame);

/* wrap_*.S: function(a, b, c), called with that return address: of an instruction that returns. */
void *call_from(uintptr_t ret, void *function, uintptr_t a, uintptr_t b, uintptr_t c);

/* start.c: in a forked child, nobody else holds its lock. */
void start_forked(void);

/* target.c: whether the loader of the program at path would load the agent, and the program not notice: not set-uid,
 * not static, not of another machine or C library. Safe after vfork. */
bool target_follows(const char *path);
/* The file that execvp would run, in buffer; false: none found. */
bool target_search(const char *name, char *buffer, size_t size);

#endif
