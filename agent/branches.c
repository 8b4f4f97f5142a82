/* SPDX-License-Identifier: MIT */
/* Owns the one pass over all code of an object that finds what branches where, jump tables and landing pads
 * included.
 *
 * Jump tables: where a function jumps to a computed address, every address that it names and that lies in readable
 * memory is read as the start of a table, once of 4-byte distances from the table (gcc's and clang's
 * position-independent switch) and once of 8-byte addresses (computed goto, fixed-address programs), for as long as
 * the entries lead into code. What is no table ends that at once, or marks too much, which costs a function and
 * breaks none. Labels in the first bytes of a part do not matter: parts are not patched. */
#include "branches.h"

#include <string.h>

#include "decode.h"

#define TABLE_ENTRIES 65536

struct scan {
	const struct code_image *image;
	struct branches *branches;
	struct code_function *function;
	uint32_t first_end; /* end of the bytes that a patch would overwrite, from text */
};

size_t code_patch_offset(const uint8_t *code, size_t size)
{
	return size >= 4 && __builtin_memcmp(code, "\xf3\x0f\x1e\xfa", 4) == 0 ? 4 : 0;
}

static bool is_own(const struct code_function *function, uint64_t target)
{
	return target - function->start < function->size;
}

static void add_branch(struct scan *scan, uint64_t site, const struct instruction *instruction)
{
	uint64_t target = site + instruction->length + (uint64_t)(int64_t)instruction->value;
	if (target >= scan->image->text_size)
		return;
	if (instruction->kind == INSTRUCTION_CALL) {
		bit_set(scan->branches->called, target);
		if (target == scan->function->start || !is_own(scan->function, target) || target >= scan->first_end)
			return;
	}
	if (is_own(scan->function, target)) {
		if (target < scan->first_end)
			scan->function->flags |= CODE_IS_TARGET;
		return;
	}
	bit_set(scan->branches->jumped, target);
	if (instruction->kind == INSTRUCTION_CONDITION)
		bit_set(scan->branches->jumped_if, target);
}

/* A target of a table. The first byte of a function may stand in a table of functions; a distance to it is a label.
 * Labels lie in the function that jumps, or in the part cut from it, or, for a part, in any function. Others are of
 * the next table, read from the wrong start. */
static bool add_label(struct scan *scan, uint64_t target, bool is_distance)
{
	if (target >= scan->image->text_size)
		return false;
	if (!is_own(scan->function, target) && !(scan->function->flags & CODE_IS_PART))
		return true;
	bit_set(scan->branches->jumped, target);
	if (is_distance && target == scan->function->start)
		scan->function->flags |= CODE_IS_TARGET;
	return true;
}

static void read_tables(struct scan *scan, const uint8_t *table)
{
	uintptr_t text = (uintptr_t)scan->image->text;
	size_t room = code_readable(scan->image, table);
	for (size_t i = 0; i < TABLE_ENTRIES && (i + 1) * 4 <= room; i++) {
		int32_t distance;
		__builtin_memcpy(&distance, table + i * 4, sizeof distance);
		if (!add_label(scan, (uintptr_t)table + (uint64_t)(int64_t)distance - text, true))
			break;
	}
	for (size_t i = 0; i < TABLE_ENTRIES && (i + 1) * 8 <= room; i++) {
		uint64_t address;
		__builtin_memcpy(&address, table + i * 8, sizeof address);
		if (!add_label(scan, address - text, false))
			break;
	}
}

/* The addresses that an instruction names, as starts of tables. */
static void read_named_tables(struct scan *scan, const uint8_t *code, const struct instruction *instruction)
{
	if (instruction->rip_at)
		read_tables(scan, code + instruction->length + instruction->value);
	if (instruction->address_at)
		read_tables(scan, (const uint8_t *)(intptr_t)instruction->value);
	if (instruction->immediate_at && scan->image->is_fixed) {
		uint32_t value;
		__builtin_memcpy(&value, code + instruction->immediate_at, sizeof value);
		read_tables(scan, (const uint8_t *)(uintptr_t)value);
	}
}

/* Reads a function that jumps to computed addresses once more, for the tables that it names. */
static void find_tables(struct scan *scan)
{
	const uint8_t *code = scan->image->text + scan->function->start;
	size_t readable = scan->image->text_size - scan->function->start;
	struct instruction instruction;
	for (size_t at = 0; at < scan->function->size; at += instruction.length) {
		if (!decode_instruction(code + at, readable - at, &instruction))
			return;
		read_named_tables(scan, code + at, &instruction);
	}
}

static void add_landing_pad(uint64_t target, void *context)
{
	struct scan *scan = context;
	if (target < scan->image->text_size)
		bit_set(scan->branches->jumped, target);
}

static void scan_function(struct scan *scan)
{
	struct code_function *function = scan->function;
	const uint8_t *code = scan->image->text + function->start;
	size_t readable = scan->image->text_size - function->start, at = 0;
	struct instruction instruction;
	scan->first_end = function->start + (uint32_t)code_patch_offset(code, function->size) + PATCH_SIZE;
	for (;; at += instruction.length) {
		at += decode_simple(code + at, function->size - at);
		if (at >= function->size)
			break;
		if (!decode_instruction(code + at, readable - at, &instruction)) {
			function->flags |= CODE_IS_UNKNOWN;
			break;
		}
		if (instruction.relative_at)
			add_branch(scan, function->start + at, &instruction);
		else if (instruction.kind == INSTRUCTION_JUMP_INDIRECT)
			function->flags |= CODE_IS_INDIRECT;
		if (at + instruction.length > function->size) {
			function->flags |= CODE_IS_UNKNOWN;
			break;
		}
	}
	if (function->flags & CODE_IS_INDIRECT)
		find_tables(scan);
	functions_landing_pads(scan->image, function, add_landing_pad, scan);
}

void branches_scan(const struct code_image *image, struct code_function *functions, size_t count,
		   struct branches *branches)
{
	struct scan scan = {.image = image, .branches = branches};
	bool has_jumping_part = false;
	for (size_t i = 0; i < count; i++) {
		scan.function = &functions[i];
		scan_function(&scan);
		has_jumping_part |= functions[i].flags & CODE_IS_PART && functions[i].flags & CODE_IS_INDIRECT;
	}
	/* A part that jumps through a table may have its address from the function it was cut from, whichever that
	 * is. */
	for (size_t i = 0; has_jumping_part && i < count; i++) {
		scan.function = &functions[i];
		if (!(functions[i].flags & CODE_IS_INDIRECT))
			find_tables(&scan);
	}
}
