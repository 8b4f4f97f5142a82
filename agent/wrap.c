/* SPDX-License-Identifier: MIT */
/* Owns: finding the functions that our wrappers stand before. By the objects' own tables, not by dlsym: wrappers are
 * called before our constructor, and out of a host's malloc. */
#include "wrap.h"
#include "lookup.h"

#include <errno.h>

extern struct real_function __start_real_functions[], __stop_real_functions[];

static long is_missing(void)
{
	errno = ENOSYS;
	return -1;
}

void *real_find(struct real_function *real)
{
	uintptr_t address = lookup_next(real->name, real->version);

	if (!address && real->version)
		address = lookup_next(real->name, NULL);
	if (!address)
		address = (uintptr_t)is_missing;
	__atomic_store_n(&real->address, (void *)address, __ATOMIC_RELAXED);
	return (void *)address;
}

void real_find_all(void)
{
	for (struct real_function *real = __start_real_functions; real < __stop_real_functions; real++)
		if (!real->address)
			real_find(real);
}
