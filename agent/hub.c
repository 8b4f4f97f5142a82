/* SPDX-License-Identifier: MIT */
/* The hubs' code, made for this process: where thread_now lies from the thread pointer is known once it runs, which saves
 * a load in each call. Not allowed to write code: they stay as they are. Owns nothing. */
#include <sys/mman.h>

#include "core.h"

#if defined(__x86_64__)
#define VIEW_LENGTH 11

extern char hub_views_base[] AGENT_HIDDEN;
extern const int64_t __start_hub_views[] AGENT_HIDDEN, __stop_hub_views[] AGENT_HIDDEN;

/* movq thread_now@gottpoff(%rip), %rax; movq %fs:(%rax), %rax  ->  movq %fs:offset, %rax; two bytes of no-op */
static void write_view(uint8_t *code, int32_t offset)
{
	if (!same_bytes(code, "\x48\x8b\x05", 3) || !same_bytes(code + 7, "\x64\x48\x8b\x00", 4))
		return;
	copy_bytes(code, "\x64\x48\x8b\x04\x25", 5);
	copy_bytes(code + 5, &offset, sizeof offset);
	copy_bytes(code + 9, "\x66\x90", 2);
}

void hub_start(void)
{
	uintptr_t pointer;
	__asm__("movq %%fs:0, %0" : "=r"(pointer));
	int64_t offset = (int64_t)((uintptr_t)&thread_now.view - pointer);
	uintptr_t low = UINTPTR_MAX, high = 0;
	for (const int64_t *at = __start_hub_views; at < __stop_hub_views; at++) {
		uintptr_t code = (uintptr_t)hub_views_base + (uintptr_t)*at;
		low = code < low ? code : low;
		high = code > high ? code : high;
	}
	low &= ~(uintptr_t)(AGENT_PAGE - 1);
	size_t size = (high + VIEW_LENGTH - low + AGENT_PAGE - 1) & ~(size_t)(AGENT_PAGE - 1);
	if (offset != (int32_t)offset || mprotect((void *)low, size, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		return;
	for (const int64_t *at = __start_hub_views; at < __stop_hub_views; at++)
		write_view((uint8_t *)hub_views_base + *at, (int32_t)offset);
	mprotect((void *)low, size, PROT_READ | PROT_EXEC);
}
#else
void hub_start(void) { }
#endif
