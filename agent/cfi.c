/* SPDX-License-Identifier: MIT */
/* Owns: the step from a frame to its caller's, and the cache of unwind rows by address.
 * Must not: lock, allocate, call the loader, read outside the bounds given.
 *
 * A row is one word: what the frame's base is made of and where the caller's frame pointer lies. The cache holds
 * (address ^ row ^ generation, row), so that a torn pair of words is never taken for a row, and no row outlives a change
 * of the loaded modules. */
#include "cfi.h"
#include "cfi_table.h"

enum { ROWS = 1 << 13 };
static struct { uint64_t check, row; } rows[ROWS];

static uint64_t cache_salt(void)
{
	return (uint64_t)__atomic_load_n(&modules_generation, __ATOMIC_RELAXED) * 0x9e3779b97f4a7c15ull;
}

static uint64_t row_of(uintptr_t address)
{
	uint64_t key = address ^ cache_salt();
	size_t slot = (address * 0x9e3779b97f4a7c15ull) >> (64 - 13);
	uint64_t row = __atomic_load_n(&rows[slot].row, __ATOMIC_RELAXED);

	if ((__atomic_load_n(&rows[slot].check, __ATOMIC_RELAXED) ^ row) == key)
		return row;
	row = cfi_table_row(address);
	__atomic_store_n(&rows[slot].check, key ^ row, __ATOMIC_RELAXED);
	__atomic_store_n(&rows[slot].row, row, __ATOMIC_RELAXED);
	return row;
}

static bool stack_read(const struct cfi_bounds *bounds, uintptr_t address, uintptr_t *value)
{
	if (address < bounds->low || address > bounds->high - sizeof(*value) || address % sizeof(*value))
		return false;
	*value = *(const uintptr_t *)address;
	return true;
}

#if defined(__x86_64__)
#define FRAMES_ARE_THE_RULE 0 /* the exception, where a module has no tables */

static uintptr_t unsigned_address(uintptr_t address)
{
	return address;
}

/* Whether the bytes before a return address are a call: direct, or through a register or memory. */
static bool follows_call(uintptr_t address, const struct module *module)
{
	const uint8_t *code = (const uint8_t *)address;

	if (address < module->start + 8 || address > module->end)
		return false;
	if (code[-5] == 0xe8)
		return true;
	for (int length = 2; length <= 7; length++) /* ff /2, with the operand that fills the length */
		if (code[-length] == 0xff && (code[-length + 1] & 0x38) == 0x10)
			return true;
	return false;
}
#elif defined(__aarch64__)
#define FRAMES_ARE_THE_RULE 1 /* of the calling convention, which ends them by zero */

static bool follows_call(uintptr_t address, const struct module *module)
{
	if (address < module->start + 4 || address > module->end || address % 4)
		return false;
	uint32_t code = ((const uint32_t *)address)[-1];
	return (code & 0xfc000000) == 0x94000000 || (code & 0xfffffc1f) == 0xd63f0000; /* bl, blr */
}

/* Programs built with -mbranch-protection sign return addresses: xpaclri takes that away, a no-op where there is no such. */
static uintptr_t unsigned_address(uintptr_t address)
{
	register uintptr_t link __asm__("x30") = address;
	__asm__("hint #7" : "+r"(link));
	return link;
}
#else
#error "cfi.c: say what a call looks like on this machine"
#endif

/* The loader's own first instructions have no table, and no caller: below them constructors run. */
static bool is_loader(uintptr_t address)
{
	const struct module *module = module_of(address);
	const char *path = module ? module->path : NULL, *name = path;

	for (; path && *path; path++)
		if (*path == '/')
			name = path + 1;
	return name && name[0] == 'l' && name[1] == 'd' && (name[2] == '-' || name[2] == '.');
}

/* No unwind table: the frame pointer is believed where it leads to a return address behind a call. */
static enum cfi_result step_by_frame_pointer(struct frame_state *state, struct cfi_bounds *bounds, struct cfi_reads *reads)
{
	uintptr_t frame = state->bp, address, caller_bp;
	const struct module *module;

	if (!frame && FRAMES_ARE_THE_RULE)
		return CFI_END;
	if (frame < state->sp || !stack_read(bounds, frame, &caller_bp)
	    || !stack_read(bounds, frame + sizeof(frame), &address))
		return CFI_LOST;
	address = unsigned_address(address);
	module = module_of(address);
	if (!module && FRAMES_ARE_THE_RULE && modules_notice(address))
		module = module_of(address);
	if (!module || (!follows_call(address, module) && address != loader_ret) || (caller_bp && caller_bp <= frame))
		return CFI_LOST;
	if (reads)
		*reads = (struct cfi_reads){.return_slot = frame + sizeof(frame), .frame_slot = frame,
					    .used_frame_pointer = true};
	*state = (struct frame_state){.pc = address, .sp = frame + 2 * sizeof(frame), .bp = caller_bp};
	return CFI_CALLER;
}

/* A frame the kernel made for a signal handler: all lies at fixed places in the saved context. */
static enum cfi_result step_over_signal(struct frame_state *state, uint64_t row, struct cfi_bounds *bounds,
					struct cfi_reads *reads)
{
	uintptr_t pc, sp, bp, base = state->sp;

	if (!stack_read(bounds, base + CFI_SIGNAL_SP(row), &sp) || !stack_read(bounds, base + CFI_SIGNAL_PC(row), &pc)
	    || !stack_read(bounds, base + CFI_SIGNAL_BP(row), &bp))
		return CFI_LOST;
	if (sp <= base || sp >= bounds->high) { /* it interrupted another stack */
		if (sp < bounds->next_low || sp >= bounds->next_high)
			return CFI_LOST;
		bounds->low = bounds->next_low;
		bounds->high = bounds->next_high;
		bounds->next_low = bounds->next_high = 0;
	}
	if (reads)
		*reads = (struct cfi_reads){.return_slot = base + CFI_SIGNAL_PC(row), .frame_slot = base + CFI_SIGNAL_BP(row),
					    .other_slot = base + CFI_SIGNAL_SP(row)};
	*state = (struct frame_state){.pc = pc + 1, .sp = sp, .bp = bp};
	return CFI_CALLER;
}

enum cfi_result cfi_step(struct frame_state *state, bool is_exact, struct cfi_bounds *bounds, struct cfi_reads *reads)
{
	uint64_t row = row_of(state->pc - (!is_exact && state->pc != loader_ret));
	uintptr_t base, slot = 0, other = 0, address, bp = state->bp;

	switch (CFI_KIND(row)) {
	case CFI_ROW_END:
		return CFI_END;
	case CFI_ROW_SIGNAL:
		return step_over_signal(state, row, bounds, reads);
	case CFI_ROW_FRAME:
		break;
	default:
		return is_loader(state->pc) ? CFI_END : step_by_frame_pointer(state, bounds, reads);
	}
	base = (CFI_BASE_IS_BP(row) ? state->bp : state->sp) + CFI_BASE_OFFSET(row);
	if (CFI_BASE_IS_LOADED(row)) {
		other = base;
		if (!stack_read(bounds, other, &base))
			return CFI_LOST;
	}
	if (base <= state->sp || !stack_read(bounds, base - sizeof(address), &address))
		return CFI_LOST;
	if (CFI_BP_IS_SAVED(row)) {
		slot = (CFI_BP_IS_BY_BP(row) ? state->bp : CFI_BP_IS_BY_SP(row) ? state->sp : base) + CFI_BP_OFFSET(row);
		if (!stack_read(bounds, slot, &bp))
			return CFI_LOST;
	}
	if (!address)
		return CFI_END;
	if (reads)
		*reads = (struct cfi_reads){.return_slot = base - sizeof(address), .frame_slot = slot, .other_slot = other,
					    .used_frame_pointer = CFI_BASE_IS_BP(row) || CFI_BP_IS_BY_BP(row)};
	*state = (struct frame_state){.pc = address, .sp = base, .bp = bp};
	return CFI_CALLER;
}

bool cfi_step_by_link(struct frame_state *state, uintptr_t link, const struct cfi_bounds *bounds)
{
	uintptr_t recorded = 0;
	const struct module *module = module_of(link = unsigned_address(link));

	/* Has it called before, the address is its own; has it made its record, that says the same. */
	if (!module || !follows_call(link, module) || cfi_function_start(link - 4) == cfi_function_start(state->pc))
		return false;
	if (stack_read(bounds, state->bp + sizeof(link), &recorded) && unsigned_address(recorded) == link)
		return false;
	state->pc = link;
	return true;
}
