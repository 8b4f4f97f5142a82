/* SPDX-License-Identifier: MIT */
/* Owns: asking the kernel in which mapping an address lies, for stacks that nobody told us of: threads made behind our back,
 * coroutines; and whether it is on an alternate signal stack. Slow (the former reads /proc/self/maps), and rare. */
#include "core.h"
#include "stack.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

enum { ROOM_LEAST = 4096 };

/* One reader at a time; who finds it taken does without. */
static uint32_t is_taken;
static char buffer[4096];

struct line { uintptr_t low, high; bool in_high, is_over; };

/* One character more of "low-high rwxp ..."; true at the end of a line. */
static bool line_add(struct line *line, char c)
{
	uintptr_t *number = line->in_high ? &line->high : &line->low;

	if (c == '\n')
		return true;
	if (line->is_over)
		return false;
	if (c == '-')
		line->in_high = true;
	else if (c >= '0' && c <= '9')
		*number = *number << 4 | (uintptr_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*number = *number << 4 | (uintptr_t)(c - 'a' + 10);
	else
		line->is_over = true;
	return false;
}

static bool search(long descriptor, uintptr_t address, uintptr_t *low, uintptr_t *high)
{
	struct line line = {0};
	long size;

	while ((size = system_call(SYS_read, descriptor, buffer, sizeof(buffer))) > 0)
		for (long i = 0; i < size; i++) {
			if (!line_add(&line, buffer[i]))
				continue;
			if (address >= line.low && address < line.high) {
				*low = line.low;
				*high = line.high;
				return true;
			}
			line = (struct line){0};
		}
	return false;
}

bool mapping_of(uintptr_t address, uintptr_t *low, uintptr_t *high)
{
	bool is_found = false;
	long descriptor;

	if (pool_is_frozen || __atomic_exchange_n(&is_taken, 1, __ATOMIC_ACQUIRE))
		return false;
	descriptor = system_call(SYS_openat, (long)AT_FDCWD, "/proc/self/maps", (long)(O_RDONLY | O_CLOEXEC));
	if (descriptor >= 0) {
		is_found = search(descriptor, address, low, high);
		system_call(SYS_close, descriptor);
	}
	__atomic_store_n(&is_taken, 0, __ATOMIC_RELEASE);
	return is_found;
}

bool alternate_stack(uintptr_t *low, uintptr_t *high)
{
	stack_t own;

	if (pool_is_frozen || system_call(SYS_sigaltstack, NULL, &own) != 0 || !(own.ss_flags & SS_ONSTACK))
		return false;
	*low = (uintptr_t)own.ss_sp;
	*high = *low + own.ss_size;
	return true;
}

bool stack_has_room(uintptr_t sp)
{
	uintptr_t low, high;

	return alternate_stack(&low, &high) ? sp >= low + ROOM_LEAST : !pool_is_frozen;
}
