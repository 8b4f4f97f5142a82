/* SPDX-License-Identifier: MIT */
/* Lengths of x86-64 instructions, and as much of their meaning as moving them to another address takes. */
#ifndef SIGHTLINE_AGENT_DECODE_H
#define SIGHTLINE_AGENT_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum instruction_kind {
	INSTRUCTION_PLAIN,         /* goes on with the next one */
	INSTRUCTION_NOP,           /* plain, and does nothing: padding */
	INSTRUCTION_CALL,          /* relative */
	INSTRUCTION_JUMP,          /* relative, always taken */
	INSTRUCTION_CONDITION,     /* relative, jcc */
	INSTRUCTION_LOOP,          /* relative: loop, jrcxz, without a near form; xbegin */
	INSTRUCTION_CALL_INDIRECT,
	INSTRUCTION_JUMP_INDIRECT,
	INSTRUCTION_RETURN,
	INSTRUCTION_STOP,          /* ud2, hlt, int3, iret: never goes on by itself, or not to where it seems */
	INSTRUCTION_SYSTEM,        /* syscall, int n: the kernel sees its address */
};

struct instruction {
	uint8_t length;
	uint8_t kind;         /* enum instruction_kind */
	uint8_t opcode;       /* the last opcode byte */
	uint8_t opcode_at;    /* its position */
	uint8_t modrm_at;     /* position of the ModRM byte; 0: none */
	uint8_t relative_at;  /* position of a branch's displacement; 0: none */
	uint8_t relative_size; /* 1 or 4 */
	uint8_t rip_at;       /* position of a 32-bit displacement relative to the next instruction; 0: none */
	uint8_t address_at;   /* position of a 32-bit absolute displacement; 0: none */
	uint8_t immediate_at; /* position of a 32-bit immediate, which may be an address; 0: none */
	bool is_endbr, is_odd; /* is_odd: with a prefix that changes what an address means (67, fs, gs) */
	int32_t value;        /* the displacement at relative_at or rip_at or address_at */
};

/* Decodes the instruction at code, of which size bytes may be read. false: not known, or cut; *out is then
 * undefined. What it knows: all that gcc, clang and binutils write for user programs: legacy, 0F, 0F38, 0F3A,
 * 3DNow, VEX, XOP and EVEX maps. Not: APX, MVEX, far calls and jumps, 16-bit displacements of branches. */
bool decode_instruction(const uint8_t *code, size_t size, struct instruction *out);
/* How many bytes of whole instructions lie at code that decode_instruction would tell nothing about but their
 * length: plain ones without prefixes but 66 and REX. It ends at the first other one, and some way before size. For
 * reading much code. */
size_t decode_simple(const uint8_t *code, size_t size);

#endif
