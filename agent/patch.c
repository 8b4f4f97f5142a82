/* SPDX-License-Identifier: MIT */
/* Mode patch: unmodified code. Owns the memory of moved instructions and the change of the text. Each function's first
 * bytes become a jump to a trampoline near the object:
 *
 *	.quad function       times TRACE_EDGE_FACTOR: the part of an edge's key that is known already
 *	call *hub            the hub reads that in front of the call
 *	moved instructions
 *	jmp behind them
 *
 * Everything is written and made executable before the first byte of text changes, and the right to change text is had
 * before as well: RWX for the moment of writing; where a policy forbids that, it forbids it then, and nothing has happened.
 *
 * Why no jump can lead into the bytes that are overwritten: direct branches are all read (branches.c); what jump tables and
 * exceptions lead to is read; return addresses of moved calls lie behind the patch, or the function is left alone;
 * functions' addresses in data are those of entries. What is left is assembly that computes addresses within itself:
 * objects without unwind tables are left alone, and assembly that has them says by them where its functions begin.
 *
 * What a program could still see: a signal that arrives in moved instructions has the trampoline's address as its own, for
 * which there is no unwind table. Return addresses are never a trampoline's. */
#include "patch.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "branches.h"
#include "core.h"
#include "flags.h"
#include "move.h"
#include "plan.h"

#define REACH 0x7ff00000ull
#define TRAMPOLINE_HEAD 14 /* address and call; PATCH_CALLEE in hub_patch_x86_64.S */
#define TRAMPOLINE_ROOM 64 /* reserved for each function, on the average: more than ever needed */
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

struct work {
	const struct code_image *image;
	struct patch_result *result;
	struct plan *plan;
	bool is_planned;             /* functions are those that can be patched, and no others */
	uint8_t *scratch;
	size_t scratch_size;
	struct code_function *functions;
	uint32_t *places;            /* of each function's jump target, from area; 0: none */
	size_t count;
	struct branches branches;
	uint8_t *area;               /* of trampolines; struct patch_hubs, then they */
	size_t area_size, used;
};

static void *map_memory(void *where, size_t size, int flags)
{
	long got = system_call(SYS_mmap, where, size, (long)(PROT_READ | PROT_WRITE),
			       (long)(MAP_PRIVATE | MAP_ANONYMOUS | flags), -1L, 0L);
	if (got < 0 && got > -4096)
		return NULL;
	if (where && (void *)got != where) { /* an old kernel took it for a hint */
		system_call(SYS_munmap, got, size);
		return NULL;
	}
	return (void *)got;
}

static void image_bounds(const struct code_image *image, uintptr_t *low, uintptr_t *high)
{
	*low = UINTPTR_MAX;
	*high = 0;
	for (size_t i = 0; i < image->range_count; i++) {
		if ((uintptr_t)image->ranges[i].start < *low)
			*low = (uintptr_t)image->ranges[i].start;
		if ((uintptr_t)image->ranges[i].end > *high)
			*high = (uintptr_t)image->ranges[i].end;
	}
}

/* Memory from which the whole object is within reach. Below it if there is room: above, the heap of a program grows. A
 * program at a fixed address has little below it, and that is where its wild pointers lead: there as high as can be. */
static uint8_t *map_near(const struct code_image *image, size_t size)
{
	uintptr_t low, high, step = 0x10000;
	image_bounds(image, &low, &high);
	uintptr_t place = image->is_fixed ? low + REACH - size : low - size;
	uintptr_t end = image->is_fixed ? high : high - REACH;
	if (high - low > REACH / 2 || (!image->is_fixed && high < REACH))
		return NULL;
	for (place &= ~(uintptr_t)0xffff; place > end && place >= 0x10000; place -= step) {
		void *got = map_memory((void *)place, size, MAP_FIXED_NOREPLACE | MAP_NORESERVE);
		if (got)
			return got;
		if (step < 0x400000)
			step += 0x10000;
	}
	return NULL;
}

static size_t page_up(size_t size)
{
	return (size + AGENT_PAGE - 1) & ~(size_t)(AGENT_PAGE - 1);
}

/* Scratch memory, laid out: three maps of so many words, functions, places. */
static bool map_scratch(struct work *work, size_t count, size_t words)
{
	work->scratch_size = page_up(count * (sizeof *work->functions + sizeof *work->places) + 3 * words * 8 + 8);
	work->scratch = map_memory(NULL, work->scratch_size, 0);
	if (!work->scratch)
		return false;
	uint64_t *maps = (uint64_t *)work->scratch;
	work->branches = (struct branches){.called = maps, .jumped = maps + words, .jumped_if = maps + 2 * words};
	work->functions = (struct code_function *)(maps + 3 * words);
	work->places = (uint32_t *)(work->functions + count);
	return true;
}

/* All code is read. */
static bool look_at_image(struct work *work)
{
	size_t count = functions_count(work->image);
	if (!count || !map_scratch(work, count, branches_map_words(work->image)))
		return false;
	work->count = functions_find(work->image, work->functions, count);
	branches_scan(work->image, work->functions, work->count, &work->branches);
	return true;
}

/* As it was found before. */
static bool take_plan(struct work *work)
{
	struct patch_result result;
	const struct plan_function *planned = plan_read(work->plan, work->image, &work->count, &result);
	if (!planned || !map_scratch(work, work->count, 0))
		return false;
	*work->result = result;
	work->result->recorded = 0;
	for (size_t i = 0; i < work->count; i++)
		work->functions[i] = (struct code_function){.start = planned[i].start, .size = planned[i].size};
	work->is_planned = true;
	return true;
}

static void close_work(struct work *work)
{
	if (work->scratch)
		system_call(SYS_munmap, work->scratch, work->scratch_size);
}

/* Writes the trampoline of one function; TRACE_SKIP_MEMORY: no room, or out of reach. */
static uint8_t write_trampoline(struct work *work, const struct code_function *function, const struct move *move,
				uint32_t *place)
{
	size_t start = (work->used + 15) & ~(size_t)15;
	if (start + TRAMPOLINE_HEAD + move->size > work->area_size)
		return TRACE_SKIP_MEMORY;
	uint8_t *to = work->area + start;
	const uint8_t *callee = work->image->text + function->start;
	size_t hub = flags_may_be_read(callee, function->size) ? offsetof(struct patch_hubs, hub_with_flags)
							       : offsetof(struct patch_hubs, hub);
	int32_t distance = (int32_t)hub - (int32_t)(start + TRAMPOLINE_HEAD); /* to the hub's address, at the area's start */
	uint64_t key = trace_edge_key(0, (uintptr_t)callee);
	copy_bytes(to, &key, sizeof key);
	to[8] = 0xff;
	to[9] = 0x15;
	copy_bytes(to + 10, &distance, sizeof distance);
	if (!move_write(move, to + TRAMPOLINE_HEAD))
		return TRACE_SKIP_MEMORY;
	uint8_t jump[PATCH_SIZE];
	if (!move_jump(jump, move->code, to + 8))
		return TRACE_SKIP_MEMORY;
	*place = (uint32_t)start + 8;
	work->used = start + TRAMPOLINE_HEAD + move->size;
	return CODE_TAKEN;
}

static void plan_functions(struct work *work)
{
	for (size_t i = 0; i < work->count; i++) {
		struct code_function *function = &work->functions[i];
		uint64_t next = i + 1 < work->count ? work->functions[i + 1].start : work->image->text_size;
		struct move move;
		function->skip = work->is_planned ? move_plan_again(work->image, function, &move) :
						    move_plan(work->image, &work->branches, function, next, &move);
		if (function->skip == CODE_TAKEN)
			function->skip = work->area ? write_trampoline(work, function, &move, &work->places[i]) :
						      TRACE_SKIP_MEMORY;
		if (function->skip == CODE_TAKEN)
			work->result->recorded++;
		else
			work->result->skipped[function->skip]++;
		work->result->functions += !work->is_planned && function->skip != TRACE_SKIP_COLD;
	}
}

static bool protect(const void *address, size_t size, int protection)
{
	uintptr_t start = (uintptr_t)address & ~(uintptr_t)(AGENT_PAGE - 1);
	return system_call(SYS_mprotect, start, page_up((uintptr_t)address + size - start), (long)protection) == 0;
}

static void write_jumps(const struct work *work)
{
	for (size_t i = 0; i < work->count; i++) {
		if (work->functions[i].skip != CODE_TAKEN)
			continue;
		uint8_t *entry = (uint8_t *)(uintptr_t)work->image->text + work->functions[i].start;
		entry += code_patch_offset(entry, work->functions[i].size);
		move_jump(entry, entry, work->area + work->places[i]);
	}
}

static bool change_text(struct work *work)
{
	const struct code_image *image = work->image;
	if (!work->area || !work->result->recorded ||
	    !protect(work->area, work->area_size, PROT_READ | PROT_EXEC) ||
	    !protect(image->text, image->text_size, PROT_READ | PROT_WRITE | PROT_EXEC))
		return false;
	write_jumps(work);
	(void)protect(image->text, image->text_size, PROT_READ | PROT_EXEC); /* if not, it works all the same */
	return true;
}

bool patch_has_hook(uintptr_t function)
{
	const uint8_t *code = (const uint8_t *)function;
	int32_t distance;
	code += code_patch_offset(code, 4 + PATCH_SIZE);
	copy_bytes(&distance, code + 1, sizeof distance);
	const uint8_t *to = code + PATCH_SIZE + distance;
	if (code[0] != 0xe9 || to[0] != 0xff || to[1] != 0x15)
		return false;
	copy_bytes(&distance, to + 2, sizeof distance);
	uintptr_t hub = *(const uintptr_t *)(to + 6 + distance);
	return hub == (uintptr_t)edge_hub_patch || hub == (uintptr_t)edge_hub_patch_flags;
}

bool patch_image(const struct code_image *image, const struct patch_hubs *hubs, struct plan *plan,
		 struct patch_result *result, struct patch_area *area)
{
	struct work work = {.image = image, .result = result, .plan = plan};
	*result = (struct patch_result){0};
	bool is_done = false;
	if (take_plan(&work) || look_at_image(&work)) {
		work.area_size = page_up(16 + work.count * TRAMPOLINE_ROOM);
		work.area = map_near(image, work.area_size);
		work.used = sizeof *hubs;
		if (work.area)
			copy_bytes(work.area, hubs, sizeof *hubs);
		plan_functions(&work);
		is_done = change_text(&work);
		if (is_done && !work.is_planned)
			plan_write(plan, image, work.functions, work.count, result);
		if (!is_done && work.area)
			system_call(SYS_munmap, work.area, work.area_size);
		if (is_done)
			*area = (struct patch_area){work.area, work.area_size};
	}
	if (!is_done)
		result->recorded = 0;
	close_work(&work);
	return is_done;
}
