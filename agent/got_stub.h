/* SPDX-License-Identifier: MIT */
/* What GOT stubs and unbound entries are in machine code. A stub loads its operand where hubs look for it, and jumps to one
 * of the hubs' addresses that lie in its block, behind the stubs: at most STUBS_REACH away. */
#ifndef SIGHTLINE_AGENT_GOT_STUB_H
#define SIGHTLINE_AGENT_GOT_STUB_H

#include "core.h"

#include <elf.h>

#if defined(__x86_64__)

enum { STUB_SIZE = 16, STUBS_REACH = 1 << 30, JUMP_SLOT = R_X86_64_JUMP_SLOT, GLOB_DAT = R_X86_64_GLOB_DAT };

/* mov $operand, %r11; jmp *hub */
static inline void stub_encode(uint8_t *code, uintptr_t operand, const uint8_t *hub)
{
	int32_t distance = (int32_t)(hub - (code + STUB_SIZE));

	code[0] = 0x49;
	code[1] = 0xbb;
	__builtin_memcpy(code + 2, &operand, sizeof(operand));
	code[10] = 0xff;
	code[11] = 0x25;
	__builtin_memcpy(code + 12, &distance, sizeof(distance));
}

/* Whether code in the PLT asks the loader for this relocation: it pushes its number. */
static inline bool stub_asks_loader(const uint8_t *code, size_t number)
{
	uint32_t pushed;

	if (same_bytes(code, "\xf3\x0f\x1e\xfa", 4))
		code += 4;
	__builtin_memcpy(&pushed, code + 1, sizeof(pushed));
	return code[0] == 0x68 && pushed == number;
}

/* Whether the four bytes at a place are the operand of a call or jump through memory. */
static inline bool stub_is_call(const uint8_t *place)
{
	return place[-2] == 0xff && (place[-1] == 0x15 || place[-1] == 0x25);
}

#elif defined(__aarch64__)

/* References of code to its GOT are made of several instructions, which may stand apart: no entry but the PLT's is known to
 * be used for calls alone. */
enum { STUB_SIZE = 24, STUBS_REACH = (1 << 20) - 64, JUMP_SLOT = R_AARCH64_JUMP_SLOT, GLOB_DAT = -1 };

/* ldr x16, operand; ldr x17, hub; br x17; nop; operand. */
static inline void stub_encode(uint8_t *code, uintptr_t operand, const uint8_t *hub)
{
	const uint32_t words[] = {0x58000090, 0x58000011 | ((uint32_t)(hub - (code + 4)) >> 2 & 0x3ffff) << 5, 0xd61f0220, 0xd503201f};

	__builtin_memcpy(code, words, sizeof(words));
	__builtin_memcpy(code + sizeof(words), &operand, sizeof(operand));
}

/* All lead to the PLT's beginning: stp x16, x30, [sp, #-16]!, behind a landing pad where there are such. */
static inline bool stub_asks_loader(const uint8_t *code, size_t number)
{
	(void)number;
	if (same_bytes(code, "\x5f\x24\x03\xd5", 4))
		code += 4;
	return same_bytes(code, "\xf0\x7b\xbf\xa9", 4);
}

static inline bool stub_is_call(const uint8_t *place)
{
	(void)place;
	return false;
}

#else
#error "got_stub.h: say what a stub is on this machine"
#endif

#endif
