/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our walk of the stack against libunwind's, in every shape; and that stacks are stored once and known again rightly. */
#include "fakes.h"
#include "walk_shapes.h"
#include "agent/cfi.h"
#include "agent/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#define UNW_LOCAL_ONLY
#include <libunwind.h>
#include <stdio.h>
#include <string.h>

#ifdef __clang__ /* clones nothing, and does not know the word; but it unrolls */
#define APART __attribute__((noinline))
#define ONE_PLACE _Pragma("clang loop unroll(disable)")
#else
#define APART __attribute__((noinline, noclone))
#define ONE_PLACE _Pragma("GCC unroll 1")
#endif

enum { DEEP = 256 };

static unsigned visits;
static char failure[512];

static uintptr_t alt_low, alt_high;

static size_t walk_ours(const uintptr_t *frame, uintptr_t *out, enum cfi_result *end)
{
	struct thread thread;
	struct frame_state state = {.pc = frame[1], .sp = (uintptr_t)(frame + 2), .bp = frame[0]};
	size_t count = 0;

	fakes_thread(&thread);
	struct cfi_bounds bounds = {state.sp, (uintptr_t)thread.stack_high, 0, 0};
	if (state.sp < (uintptr_t)thread.stack_low || state.sp >= bounds.high) {
		bounds = (struct cfi_bounds){state.sp, state.sp + 32768, (uintptr_t)thread.stack_low, (uintptr_t)thread.stack_high};
		alt_low = state.sp, alt_high = bounds.high;
	}
	do {
		out[count++] = state.pc;
		*end = cfi_step(&state, false, &bounds, NULL);
	} while (count < DEEP && *end == CFI_CALLER);
	return count;
}

static size_t walk_theirs(uintptr_t *out)
{
	unw_context_t context;
	unw_cursor_t cursor;
	size_t count = 0;

	unw_getcontext(&context);
	unw_init_local(&cursor, &context);
	do {
		unw_word_t pc;
		unw_get_reg(&cursor, UNW_REG_IP, &pc);
		out[count++] = pc + (unw_is_signal_frame(&cursor) > 0); /* true at the frame that was interrupted */
	} while (count < DEEP && unw_step(&cursor) > 0);
	return count;
}

/* Compiled with a frame pointer, as wrappers are. */
static void compare_walks(void)
{
	const uintptr_t *frame = __builtin_frame_address(0);
	uintptr_t ours[DEEP], theirs[DEEP];
	enum cfi_result end;
	size_t count = walk_ours(frame, ours, &end), their_count = walk_theirs(theirs), skip = 0;

	visits++;
	while (skip < their_count && theirs[skip] != ours[0])
		skip++;
	size_t expected = their_count - skip;
	if (end != CFI_END || count != expected || memcmp(ours, theirs + skip, count * sizeof(*ours)) != 0) {
		size_t at = 0;
		while (at < count && at < expected && ours[at] == theirs[skip + at])
			at++;
		if (!failure[0])
			snprintf(failure, sizeof(failure), "visit %u: we have %zu frames (end %d), libunwind %zu; differ at %zu: %zx, %zx",
				 visits, count, (int)end, expected, at, at < count ? ours[at] : 0, at < expected ? theirs[skip + at] : 0);
	}
}

static void compare_shapes(const struct walk_shape *shapes)
{
	unsigned before = visits;

	for (; shapes->name; shapes++, before = visits) {
		shapes->run(compare_walks);
		if (failure[0])
			fail_msg("%s: %s", shapes->name, failure);
		if (visits == before)
			fail_msg("%s: never visited", shapes->name);
	}
}
static void walks_unoptimised(void **state) { (void)state; compare_shapes(walk_shapes_O0); }
static void walks_O2(void **state) { (void)state; compare_shapes(walk_shapes_O2); }
static void walks_O3(void **state) { (void)state; compare_shapes(walk_shapes_O3); }

/* ---- interned stacks ---- */

static uint64_t stacks[4096];
static unsigned stack_count;

static void record(void)
{
	struct thread thread;
	const uintptr_t *frame = __builtin_frame_address(0);
	uintptr_t ours[DEEP];
	enum cfi_result end;

	fakes_thread(&thread);
	uint64_t offset = stack_record(frame, &thread);
	const struct trace_stack *stack = (const void *)((const char *)pool_header + offset);
	size_t count = walk_ours(frame, ours, &end);
	if (!offset || stack_count == 4096) {
		snprintf(failure, sizeof(failure), "no stack");
		return;
	}
	stacks[stack_count++] = offset;
	if (frame < (uintptr_t *)thread.stack_low || frame >= (uintptr_t *)thread.stack_high) {
		if (!stack->is_cut && stack->count != count)
			snprintf(failure, sizeof(failure), "a stack outside the known one is not told as cut");
	} else if (stack->is_cut != (count > 128) || stack->count != (count > 128 ? 128 : count)
		   || memcmp(stack->addresses, ours, stack->count * sizeof(*ours)) != 0) {
		snprintf(failure, sizeof(failure), "a stored stack differs from a walk: %u of %zu frames", stack->count, count);
	}
}

static void stacks_are_stored_once(void **state)
{
	unsigned first = 0;

	(void)state;
	for (int round = 0; round < 3; round++) {
		const struct walk_shape *all[] = {walk_shapes_O0, walk_shapes_O2, walk_shapes_O3};
		unsigned before = stack_count;
		for (size_t i = 0; i < 3; i++)
			for (const struct walk_shape *shape = all[i]; shape->name; shape++) {
				shape->run(record);
				if (failure[0])
					fail_msg("%s: %s", shape->name, failure);
			}
		if (round == 0)
			first = stack_count;
		else
			assert_int_equal(stack_count - before, first);
	}
	for (unsigned i = 0; i < first; i++) { /* the third round is like the second, whose caller differs in no address */
		assert_true(stacks[i + first] == stacks[i]);
		assert_true(stacks[i + 2 * first] == stacks[i]);
	}
}

/* Same place, same depth, other callers: the case in which a key of place and depth alone would be wrong. */
APART static void shared(void) { record(); __asm__ volatile("" ::: "memory"); }
APART static void one(void) { shared(); __asm__ volatile("" ::: "memory"); }
APART static void two(void) { shared(); __asm__ volatile("" ::: "memory"); }

static void stacks_of_equal_depth_are_told_apart(void **state)
{
	unsigned first = stack_count;

	(void)state;
	ONE_PLACE
	for (int i = 0; i < 10; i++) {
		one();
		two();
	}
	assert_string_equal(failure, "");
	for (unsigned i = first + 2; i < stack_count; i++) {
		assert_true(stacks[i] == stacks[i - 2]);
		assert_true(stacks[i] != stacks[i - 1]);
	}
}

static void damaged_tables_end_in_no_row(void **state)
{
	const struct module *module = module_of((uintptr_t)damaged_tables_end_in_no_row);
	uint8_t header[64] = {0};
	struct frame_state frame = {.pc = 1, .sp = (uintptr_t)header, .bp = (uintptr_t)header};
	struct cfi_bounds bounds = {(uintptr_t)header, (uintptr_t)header + sizeof(header), 0, 0};

	(void)state;
	assert_non_null(module);
	assert_int_equal(cfi_step(&frame, true, &bounds, NULL), CFI_LOST); /* no module at 1, no frame pointer to go by */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_unoptimised), cmocka_unit_test(walks_O2), cmocka_unit_test(walks_O3),
		cmocka_unit_test(stacks_are_stored_once), cmocka_unit_test(stacks_of_equal_depth_are_told_apart),
		cmocka_unit_test(damaged_tables_end_in_no_row),
	};

	fakes_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
