/* SPDX-License-Identifier: MIT */
/* dlopen, dlmopen, dlclose: modules that come are hooked before the program gets hold of them, modules that go are
 * closed. Owns these wrappers.
 *
 * The real dlopen looks at its return address: where a library is searched for (RUNPATH, $ORIGIN) and into which
 * namespace it goes depends on the caller. So that it sees the program's module and not the agent, it is given the
 * address of a "ret" in that module, by which it comes back to us. Where returns do not look at the stack, it is the end of
 * a function that loads the return address from there. */
#include <dlfcn.h>
#include <errno.h>

#include "lifecycle.h"

#if defined(__x86_64__)
/* A ret that ends a function of the module: padding follows. 0: none found. */
static uintptr_t find_ret(uintptr_t from)
{
	const struct module *module = module_of(from);
	if (!module || module->is_system)
		return 0;
	const uint8_t *end = (const uint8_t *)module->end - 2;
	for (const uint8_t *at = (const uint8_t *)from; at < end; at++) {
		if (at[0] == 0xc3 && (at[1] == 0x90 || at[1] == 0x66 || at[1] == 0x0f || at[1] == 0xcc))
			return (uintptr_t)at;
	}
	for (const uint8_t *at = (const uint8_t *)from; at-- > (const uint8_t *)module->start;) {
		if (at[0] == 0xc3)
			return (uintptr_t)at;
	}
	return 0;
}
#else
#define RETURN 0xd65f03c0u
#define LEAVES(word) (((word) & 0xffc07fffu) == 0xa8c07bfdu && ((word) >> 15 & 0x41) == 0) /* sp stays a multiple of 16 */

/* A ret alone would come back to itself: "ldp x29, x30, [sp], #size; ret" goes where the stack says. */
static uintptr_t find_ret(uintptr_t from)
{
	const struct module *module = module_of(from);
	if (!module || module->is_system)
		return 0;
	const uint32_t *start = (const uint32_t *)module->start, *end = (const uint32_t *)module->end - 1;
	for (const uint32_t *at = (const uint32_t *)from; at < end; at++) {
		if (LEAVES(at[0]) && at[1] == RETURN)
			return (uintptr_t)at;
	}
	for (const uint32_t *at = (const uint32_t *)from; at-- > start;) {
		if (LEAVES(at[0]) && at[1] == RETURN)
			return (uintptr_t)at;
	}
	return 0;
}
#endif

AGENT_TLS uintptr_t loader_ret;
AGENT_TLS uint32_t loader_depth;

static void *load_from(uintptr_t from, void *function, uintptr_t a, uintptr_t b, uintptr_t c)
{
	uintptr_t ret = pool_header ? find_ret(from) : 0, outer = loader_ret;
	if (!ret)
		return ((void *(*)(uintptr_t, uintptr_t, uintptr_t))function)(a, b, c);
	loader_ret = ret; /* constructors run meanwhile, and their stacks are walked */
	void *result = call_from(ret, function, a, b, c);
	loader_ret = outer;
	return result;
}

static void loaded(uintptr_t from, const void *frame, const char *path, bool is_error)
{
	int saved = errno;
	struct thread *thread;
	modules_refresh();
	if (agent_enter(&thread)) {
		library_event(thread, from, frame, path, is_error);
		agent_leave(thread);
	}
	errno = saved;
}

AGENT_EXPORT void *dlopen(const char *path, int flags)
{
	uintptr_t from = (uintptr_t)__builtin_return_address(0);
	loader_depth++;
	void *library = load_from(from, (void *)REAL(dlopen), (uintptr_t)path, (uintptr_t)flags, 0);
	loaded(from, __builtin_frame_address(0), path, !library);
	loader_depth--;
	return library;
}

AGENT_EXPORT void *dlmopen(Lmid_t space, const char *path, int flags)
{
	uintptr_t from = (uintptr_t)__builtin_return_address(0);
	void *library = load_from(from, (void *)REAL(dlmopen), (uintptr_t)space, (uintptr_t)path, (uintptr_t)flags);
	loaded(from, __builtin_frame_address(0), path, !library);
	return library;
}

AGENT_EXPORT int dlclose(void *library)
{
	int status = REAL(dlclose)(library);
	int saved = errno;
	modules_refresh();
	errno = saved;
	return status;
}
