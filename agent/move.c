/* SPDX-License-Identifier: MIT */
/* Owns which first instructions can run elsewhere, and their form there. Knows nothing of hubs, modules or memory
 * protection.
 *
 * A call that is moved leaves the return address that it would have left, so that unwinders and whoever else looks
 * at the stack see the function they know. It is a call all the same: the processor's own stack of return addresses
 * stays even. */
#include "move.h"

#include <string.h>

#include "decode.h"
#include "trace_format.h"

/* call 1f; int3; 1: movl $low, (%rsp); movl $high, 4(%rsp) */
static const uint8_t call_form[] = {0xe8, 1, 0, 0, 0, 0xcc, 0xc7, 0x04, 0x24, 0, 0, 0, 0, 0xc7, 0x44, 0x24, 4, 0, 0, 0, 0};
enum { CALL_LOW = 9, CALL_HIGH = 17, NEAR_JUMP = 5, NEAR_CONDITION = 6 };

/* An indirect call through memory that rsp names would name another place once the return address is pushed. */
static bool uses_stack_pointer(const uint8_t *code, const struct instruction *instruction)
{
	uint8_t modrm = code[instruction->modrm_at], mode = modrm >> 6, low = modrm & 7;
	bool has_high_base = instruction->opcode_at && (code[instruction->opcode_at - 1] & 0xf1) == 0x41;
	if (has_high_base)
		return false;
	return low == 4 && (mode == 3 || (code[instruction->modrm_at + 1] & 7) == 4);
}

static size_t new_size(const uint8_t *code, const struct instruction *instruction)
{
	switch (instruction->kind) {
	case INSTRUCTION_PLAIN: case INSTRUCTION_NOP: case INSTRUCTION_RETURN: case INSTRUCTION_JUMP_INDIRECT:
		return instruction->rip_at && instruction->is_odd ? 0 : instruction->length;
	case INSTRUCTION_JUMP: return NEAR_JUMP;
	case INSTRUCTION_CONDITION: return NEAR_CONDITION;
	case INSTRUCTION_CALL: return sizeof call_form + NEAR_JUMP;
	case INSTRUCTION_CALL_INDIRECT:
		if (instruction->is_odd || uses_stack_pointer(code, instruction))
			return 0;
		return sizeof call_form + instruction->length;
	default: return 0;
	}
}

static bool is_closing(const struct instruction *instruction)
{
	return instruction->kind == INSTRUCTION_JUMP || instruction->kind == INSTRUCTION_JUMP_INDIRECT ||
	       instruction->kind == INSTRUCTION_RETURN;
}

static bool is_call(const struct instruction *instruction)
{
	return instruction->kind == INSTRUCTION_CALL || instruction->kind == INSTRUCTION_CALL_INDIRECT;
}

/* Chooses the instructions to move; size: how many bytes of the function there are. */
static uint8_t choose(const uint8_t *code, size_t size, struct move *move)
{
	struct instruction instruction;
	*move = (struct move){.code = code};
	while (move->displaced < PATCH_SIZE && !move->is_closed) {
		if (move->displaced >= size)
			return TRACE_SKIP_SHORT;
		const uint8_t *at = code + move->displaced;
		if (!decode_instruction(at, size - move->displaced, &instruction))
			return TRACE_SKIP_INSTRUCTION;
		size_t length = new_size(at, &instruction);
		if (!length)
			return TRACE_SKIP_INSTRUCTION;
		move->displaced += instruction.length;
		move->size += (uint8_t)length;
		move->is_closed = is_closing(&instruction);
		/* What it returns to would be overwritten. */
		if (is_call(&instruction) && move->displaced < PATCH_SIZE)
			return TRACE_SKIP_INSTRUCTION;
	}
	if (!move->is_closed)
		move->size += NEAR_JUMP;
	return CODE_TAKEN;
}

/* Whether nothing but padding lies from code on, up to code + size. */
static bool is_padding(const uint8_t *code, size_t size, size_t readable)
{
	struct instruction instruction;
	for (size_t at = 0; at < size; at += instruction.length) {
		if (at >= readable)
			return false;
		if (code[at] == 0xcc || code[at] == 0x90)
			instruction.length = 1;
		else if (!decode_instruction(code + at, readable - at, &instruction) ||
			 instruction.kind != INSTRUCTION_NOP)
			return false;
	}
	return true;
}

uint8_t move_plan(const struct code_image *image, const struct branches *branches, const struct code_function *function,
		  uint64_t next, struct move *move)
{
	uint64_t start = function->start, patch = start + code_patch_offset(image->text + start, function->size);
	uint64_t end = start + function->size;
	if (function->flags & CODE_IS_PART)
		return TRACE_SKIP_COLD;
	/* Only its own function jumps into a part on a condition; compilers call what is a function, or hand out
	 * its address. */
	if (bit_get(branches->jumped_if, start) && !bit_get(branches->called, start))
		return TRACE_SKIP_COLD;
	if (function->flags & CODE_IS_ROOT)
		return TRACE_SKIP_OTHER;
	if (function->flags & CODE_IS_UNKNOWN)
		return TRACE_SKIP_INSTRUCTION;
	if (function->flags & CODE_IS_TARGET)
		return TRACE_SKIP_TARGET;
	uint8_t chosen = choose(image->text + patch, end - patch, move);
	if (chosen != CODE_TAKEN)
		return chosen;
	if (patch + PATCH_SIZE > next)
		return TRACE_SKIP_SHORT;
	if (!is_padding(image->text + patch + move->displaced,
			move->displaced < PATCH_SIZE ? PATCH_SIZE - move->displaced : 0, next - patch - move->displaced))
		return end < patch + PATCH_SIZE ? TRACE_SKIP_SHORT : TRACE_SKIP_TARGET;
	for (uint64_t at = patch + 1; at < patch + PATCH_SIZE; at++)
		if (bit_get(branches->jumped, at) || bit_get(branches->called, at))
			return TRACE_SKIP_TARGET;
	return CODE_TAKEN;
}

uint8_t move_plan_again(const struct code_image *image, const struct code_function *function, struct move *move)
{
	const uint8_t *code = image->text + function->start;
	size_t offset = code_patch_offset(code, function->size);
	return choose(code + offset, function->size - offset, move);
}

/* Puts the distance from the end of an instruction to target at where, if it fits. */
static bool put_distance(uint8_t *where, const uint8_t *end, const uint8_t *target)
{
	int64_t distance = (int64_t)((uintptr_t)target - (uintptr_t)end);
	int32_t value = (int32_t)distance;
	__builtin_memcpy(where, &value, sizeof value);
	return value == distance;
}

bool move_jump(uint8_t *to, const uint8_t *site, const uint8_t *target)
{
	to[0] = 0xe9;
	return put_distance(to + 1, site + NEAR_JUMP, target);
}

static void put_call_form(uint8_t *to, const uint8_t *return_address)
{
	uint32_t low = (uint32_t)(uintptr_t)return_address, high = (uint32_t)((uintptr_t)return_address >> 32);
	__builtin_memcpy(to, call_form, sizeof call_form);
	__builtin_memcpy(to + CALL_LOW, &low, sizeof low);
	__builtin_memcpy(to + CALL_HIGH, &high, sizeof high);
}

static bool put_copy(uint8_t *to, const uint8_t *code, const struct instruction *instruction)
{
	__builtin_memcpy(to, code, instruction->length);
	return !instruction->rip_at ||
	       put_distance(to + instruction->rip_at, to + instruction->length,
			    code + instruction->length + instruction->value);
}

static bool put_instruction(uint8_t *to, const uint8_t *code, const struct instruction *instruction)
{
	const uint8_t *next = code + instruction->length, *target = next + instruction->value;
	switch (instruction->kind) {
	case INSTRUCTION_JUMP: return move_jump(to, to, target);
	case INSTRUCTION_CONDITION:
		to[0] = 0x0f;
		to[1] = 0x80 | (instruction->opcode & 15);
		return put_distance(to + 2, to + NEAR_CONDITION, target);
	case INSTRUCTION_CALL:
		put_call_form(to, next);
		to += sizeof call_form;
		return move_jump(to, to, target);
	case INSTRUCTION_CALL_INDIRECT:
		put_call_form(to, next);
		to += sizeof call_form;
		if (!put_copy(to, code, instruction))
			return false;
		to[instruction->modrm_at] = (to[instruction->modrm_at] & 0xc7) | 4 << 3; /* call is /2, jmp is /4 */
		return true;
	default: return put_copy(to, code, instruction);
	}
}

bool move_write(const struct move *move, uint8_t *to)
{
	struct instruction instruction;
	for (size_t at = 0; at < move->displaced; at += instruction.length) {
		if (!decode_instruction(move->code + at, move->displaced - at, &instruction) ||
		    !put_instruction(to, move->code + at, &instruction))
			return false;
		to += new_size(move->code + at, &instruction);
	}
	return move->is_closed || move_jump(to, to, move->code + move->displaced);
}
