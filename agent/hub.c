/* SPDX-License-Identifier: MIT */
/* The hooks' code, made for this process: where our words of thread storage lie from the thread pointer is known once it
 * runs, which saves a load in each call. Not allowed to write code: it stays as it is. Owns nothing. */
#include <sys/mman.h>

#include "core.h"

#if defined(__x86_64__)
#define LENGTH 11 /* at most, of a place */

/* In section thread_words: see thread_word.h. */
struct place {
	int64_t code;      /* from here */
	uint64_t what;     /* variable + 2 * form */
};
extern const struct place __start_thread_words[] AGENT_HIDDEN, __stop_thread_words[] AGENT_HIDDEN;

static uint8_t *code_of(const struct place *place)
{
	return (uint8_t *)place + place->code;
}

/* movq variable@gottpoff(%rip), %rax; movq %fs:(%rax), %rax  ->  movq %fs:offset, %rax, its prefix three times: nothing is
 * left over to be executed for itself. jmp slow; nopl  ->  addq %fs:offset, %rcx */
static void write_place(uint8_t *code, bool is_add, int32_t offset)
{
	size_t length = is_add ? 5 : 7;
	if (is_add ? code[0] != 0xe9 || code[5] != 0x0f : code[0] != 0x48 || code[1] != 0x8b || code[7] != 0x64)
		return;
	copy_bytes(code, is_add ? "\x64\x48\x03\x0c\x25" : "\x64\x64\x64\x48\x8b\x04\x25", length);
	copy_bytes(code + length, &offset, sizeof offset);
}

void hub_start(void)
{
	uintptr_t pointer = thread_pointer(), low = UINTPTR_MAX, high = 0;
	const int64_t offsets[] = {(int64_t)((uintptr_t)&thread_now - pointer),
				   (int64_t)((uintptr_t)&thread_shadow - pointer)};
	for (const struct place *place = __start_thread_words; place < __stop_thread_words; place++) {
		uintptr_t code = (uintptr_t)code_of(place);
		low = code < low ? code : low;
		high = code > high ? code : high;
	}
	low &= ~(uintptr_t)(AGENT_PAGE - 1);
	size_t size = (high + LENGTH - low + AGENT_PAGE - 1) & ~(size_t)(AGENT_PAGE - 1);
	/* Executable all the while: this function may lie in the same pages. */
	if (mprotect((void *)low, size, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		return;
	for (const struct place *place = __start_thread_words; place < __stop_thread_words; place++) {
		int64_t offset = offsets[place->what % 2];
		if (offset == (int32_t)offset)
			write_place(code_of(place), place->what / 2, (int32_t)offset);
	}
	mprotect((void *)low, size, PROT_READ | PROT_EXEC);
}
#else
void hub_start(void) { }
#endif
