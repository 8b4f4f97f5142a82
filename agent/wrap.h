/* SPDX-License-Identifier: MIT */
/* How a function of libc is wrapped: the real one is called first, as if we were not there (errno, cancellation, signal
 * handlers that run meanwhile); what happened is told behind it, inside the agent, with errno put back. */
#ifndef SIGHTLINE_AGENT_WRAP_H
#define SIGHTLINE_AGENT_WRAP_H

#include "resources.h"

struct real_function {
	const char *name, *version; /* version NULL: the default one */
	void *address;
};
/* The function behind ours; one that libc does not have fails with ENOSYS. */
void *real_find(struct real_function *real);
/* All of them, at start. */
void real_find_all(void);

#define WRAPPED_VERSION(function, version)                                                                              \
	static struct real_function real_##function __attribute__((section("real_functions"), aligned(8), used)) = {#function, version, NULL}
#define WRAPPED(function) WRAPPED_VERSION(function, NULL)
#define REAL(function)                                                                                                  \
	((__typeof__(&function))(__builtin_expect(real_##function.address != NULL, 1) ? real_##function.address          \
										      : real_find(&real_##function)))

#endif
