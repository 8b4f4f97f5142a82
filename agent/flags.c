/* SPDX-License-Identifier: MIT */
/* Owns what instructions do with the arithmetic flags, as far as it is needed at functions' entries: most begin with
 * pushes and moves and then set all flags. Whatever is not known here counts as reading them. */
#include "flags.h"

#include "decode.h"

#define LOOKED_AT_MOST 12 /* instructions */

enum effect { LEAVES, SETS, READS };

/* Of opcodes without 0F. Arithmetic comes in rows of eight: add or adc sbb and sub xor cmp. */
static enum effect effect_of_one(uint8_t opcode, unsigned extension)
{
	if (opcode < 0x40 && (opcode & 7) < 6)
		return opcode >> 3 == 2 || opcode >> 3 == 3 ? READS : SETS;
	switch (opcode) {
	case 0x80: case 0x81: case 0x83: return extension == 2 || extension == 3 ? READS : SETS;
	case 0x84: case 0x85: case 0xa8: case 0xa9: return SETS; /* test */
	case 0xf6: case 0xf7: return extension < 2 ? SETS : READS;
	case 0x88: case 0x89: case 0x8a: case 0x8b: case 0x8d: case 0x63: case 0x68: case 0x6a: case 0x98: case 0x99:
	case 0xc6: case 0xc7: return LEAVES;
	default: return (opcode >= 0x50 && opcode < 0x60) || (opcode >= 0xb0 && opcode < 0xc0) ? LEAVES : READS;
	}
}

static enum effect effect_of_two(uint8_t opcode)
{
	switch (opcode) {
	case 0x10: case 0x11: case 0x28: case 0x29: case 0x6f: case 0x7f: case 0x57: case 0xef: /* moves and xors of vectors */
	case 0xb6: case 0xb7: case 0xbe: case 0xbf: return LEAVES;
	default: return READS;
	}
}

static enum effect effect_of(const uint8_t *code, const struct instruction *instruction)
{
	size_t at = code[0] == 0x66 || code[0] == 0xf2 || code[0] == 0xf3;
	at += (code[at] & 0xf0) == 0x40;
	if (instruction->kind == INSTRUCTION_NOP || instruction->is_endbr)
		return LEAVES;
	if (instruction->kind != INSTRUCTION_PLAIN)
		return instruction->kind == INSTRUCTION_CALL || instruction->kind == INSTRUCTION_CALL_INDIRECT ||
		       instruction->kind == INSTRUCTION_RETURN ? SETS : READS;
	if (instruction->opcode_at == at)
		return effect_of_one(instruction->opcode, instruction->modrm_at ? code[instruction->modrm_at] >> 3 & 7 : 0);
	return code[at] == 0x0f && instruction->opcode_at == at + 1 ? effect_of_two(instruction->opcode) : READS;
}

bool flags_may_be_read(const uint8_t *code, size_t size)
{
	struct instruction instruction;
	for (int i = 0; i < LOOKED_AT_MOST && decode_instruction(code, size, &instruction); i++) {
		enum effect effect = effect_of(code, &instruction);
		if (effect != LEAVES)
			return effect == READS;
		code += instruction.length;
		size -= instruction.length;
	}
	return true;
}
