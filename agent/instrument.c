/* SPDX-License-Identifier: MIT */
/* Mode instrument: programs built with -finstrument-functions call two hooks for every source-level function, inlined
 * ones too. A shadow stack per thread tells the calling function, which the machine's stack does not where the callee was
 * inlined. Owns the shadow stacks.
 *
 * The shadow stack is never trusted: longjmp, coroutines, pauses and signal handlers leave frames on it whose functions
 * are gone. A frame deeper than the current one is dropped, and a frame counts as the caller only if the call's place
 * lies in the same machine function as the frame's. Where no frame does, the call is counted by its return address, as
 * in the other modes: never under a wrong caller. */
#include "core.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "elf_view.h"
#include "times.h"

#define FRAMES 16384u
#define SHADOWS_SPARE 256u
#define MEMO_SHIFT 51
#define MEMO (1u << (64 - MEMO_SHIFT))

struct frame {
	uintptr_t function, call_site;
	uintptr_t site;        /* where its entry hook was called: in the machine function that it is part of */
	uintptr_t sp;          /* at its entry hook */
	struct time_frame time; /* --time */
};
struct shadow {
	uint32_t depth;
	struct frame frames[FRAMES];
};

static struct shadow *spares[SHADOWS_SPARE];
/* Pairs of addresses known to lie in one machine function, as hashes; shared by all threads. */
static uint64_t memo[MEMO];

bool instrument_present(const struct module *module)
{
	return elf_imports(module, "__cyg_profile_func_enter");
}

void instrument_hook(struct module *module)
{
	(void)module; /* its calls come by themselves */
}

void instrument_start(void)
{
	if (agent_options.time)
		times_start();
}

static struct shadow *shadow_of(struct thread *thread)
{
	if (__builtin_expect(thread->shadow != NULL, 1) || thread->has_ended)
		return thread->shadow;
	struct shadow *shadow = NULL;
	for (uint32_t i = 0; i < SHADOWS_SPARE && !shadow; i++) {
		if (__atomic_load_n(&spares[i], __ATOMIC_RELAXED))
			shadow = __atomic_exchange_n(&spares[i], NULL, __ATOMIC_ACQ_REL);
	}
	if (!shadow && !pool_is_frozen) {
		long address = system_call(SYS_mmap, NULL, sizeof *shadow, (long)(PROT_READ | PROT_WRITE),
					   (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE), -1L, 0L);
		shadow = address < 0 && address > -4096 ? NULL : (struct shadow *)address;
	}
	if (shadow)
		shadow->depth = 0;
	thread->shadow = shadow;
	return shadow;
}

void instrument_end(struct thread *thread)
{
	struct shadow *shadow = thread->shadow;
	thread->shadow = NULL;
	times_end(thread);
	for (uint32_t i = 0; i < SHADOWS_SPARE && shadow; i++) {
		struct shadow *none = NULL;
		if (__atomic_compare_exchange_n(&spares[i], &none, shadow, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return;
	}
}

/* ---- which machine function ---- */

static bool look_up_same(uintptr_t a, uintptr_t b)
{
	const struct module *module = module_of(a);
	if (!module || b < module->start || b >= module->end)
		return false;
	uintptr_t start = elf_function_start(module, a);
	return start && start == elf_function_start(module, b);
}

static inline uint64_t pair_hash(uintptr_t a, uintptr_t b)
{
	return ((a + modules_generation) * 0x9E3779B97F4A7C15u + b) * 0xBF58476D1CE4E5B9u;
}

static inline bool is_known_same(uintptr_t a, uintptr_t b)
{
	uint64_t pair = pair_hash(a, b);
	return __atomic_load_n(&memo[pair >> MEMO_SHIFT], __ATOMIC_RELAXED) == pair;
}

static bool is_same_function(uintptr_t a, uintptr_t b)
{
	if (is_known_same(a, b))
		return true;
	if (!look_up_same(a, b))
		return false;
	uint64_t pair = pair_hash(a, b);
	__atomic_store_n(&memo[pair >> MEMO_SHIFT], pair, __ATOMIC_RELAXED);
	return true;
}

/* ---- the stack ---- */

static bool is_on_stack(const struct thread *thread, uintptr_t sp)
{
	return !thread->stack_high || (sp >= (uintptr_t)thread->stack_low && sp < (uintptr_t)thread->stack_high);
}

static void drop(struct thread *thread, struct shadow *shadow, bool has_returned, uint64_t now)
{
	struct frame *frame = &shadow->frames[--shadow->depth];
	if (agent_options.time)
		times_leave(thread, &frame->time, shadow->depth ? &frame[-1].time : NULL, has_returned, now);
}

/* Frames below the stack pointer are gone. A signal handler's own stack says nothing about the thread's frames. */
static void drop_deeper(struct thread *thread, struct shadow *shadow, uintptr_t sp, uint64_t now)
{
	bool is_inside = is_on_stack(thread, sp);
	while (shadow->depth) {
		const struct frame *top = &shadow->frames[shadow->depth - 1];
		bool is_top_inside = is_on_stack(thread, top->sp);
		if (is_top_inside == is_inside ? top->sp >= sp : !is_inside)
			return;
		drop(thread, shadow, false, now);
	}
}

/* The frame of the calling function, or NULL: the caller has none, it was not built with hooks or its frame was lost. */
static struct frame *find_caller(struct thread *thread, struct shadow *shadow, const struct frame *callee, uint64_t now)
{
	drop_deeper(thread, shadow, callee->sp, now);
	while (shadow->depth) {
		struct frame *top = &shadow->frames[shadow->depth - 1];
		/* Inlined into the same machine frame: both hooks are told that frame's return address. Coming by one
		 * hook's place again means that its scope was left. */
		if (top->call_site == callee->call_site && top->site != callee->site &&
		    is_same_function(top->site, callee->site))
			return top;
		if (is_same_function(top->site, callee->call_site))
			return top;
		if (top->sp != callee->sp)
			return NULL;
		drop(thread, shadow, false, now);
	}
	return NULL;
}

static inline void push(struct shadow *shadow, const struct frame *callee)
{
	struct frame *frame = &shadow->frames[shadow->depth];
	frame->function = callee->function;
	frame->call_site = callee->call_site;
	frame->site = callee->site;
	frame->sp = callee->sp;
	shadow->depth++;
}

static __attribute__((noinline)) void enter(struct thread *thread, const struct frame *callee)
{
	struct shadow *shadow = shadow_of(thread);
	uint64_t now = agent_options.time ? times_now() : 0;
	const struct frame *caller = shadow ? find_caller(thread, shadow, callee, now) : NULL;
	if (caller)
		edge_count_in(EDGE_FUNCTIONS, caller->function, callee->function, 1);
	else
		edge_count_in(EDGE_CALLS, callee->call_site, callee->function, 1);
	if (!shadow || shadow->depth == FRAMES) {
		pool_lost(TRACE_LOST_FRAMES, 1);
		return;
	}
	if (agent_options.time)
		times_enter(thread, &shadow->frames[shadow->depth].time, callee->function, now);
	push(shadow, callee);
}

static __attribute__((noinline)) void leave(struct thread *thread, uintptr_t function, uintptr_t call_site, uintptr_t sp)
{
	struct shadow *shadow = thread->shadow;
	if (!shadow)
		return;
	uint64_t now = agent_options.time ? times_now() : 0;
	drop_deeper(thread, shadow, sp, now);
	/* alloca may have moved the stack pointer since the entry hook: function and return address tell the frame. */
	for (uint32_t i = shadow->depth; i-- > 0;) {
		const struct frame *frame = &shadow->frames[i];
		if (frame->function != function || frame->call_site != call_site)
			continue;
		while (shadow->depth > i + 1)
			drop(thread, shadow, false, now);
		drop(thread, shadow, true, now);
		return;
	}
}

/* The usual case without a call: the top frame is the caller's, and the edge is known. A view that a fork wiped leads to
 * the empty table, where no edge is. */
static inline bool enter_quickly(struct thread *thread, const struct frame *callee)
{
	struct shadow *shadow = thread->shadow;
	if (!shadow || shadow->depth - 1 >= FRAMES - 1 || agent_options.time)
		return false;
	const struct frame *top = &shadow->frames[shadow->depth - 1];
	if (top->sp < callee->sp)
		return false;
	bool is_inlined = top->call_site == callee->call_site && top->site != callee->site &&
			  is_known_same(top->site, callee->site);
	if (!is_inlined && !is_known_same(top->site, callee->call_site))
		return false;
	if (!edge_count_known(thread, EDGE_FUNCTIONS, top->function, callee->function))
		return false;
	push(shadow, callee);
	return true;
}

/* Signal handlers that interrupt these hooks count by return address alone: depth says that the stack is in use. */
AGENT_EXPORT void __cyg_profile_func_enter(void *function, void *call_site)
{
	struct thread *thread = &thread_now;
	struct frame callee = {.function = (uintptr_t)function, .call_site = (uintptr_t)call_site,
			       .site = (uintptr_t)__builtin_return_address(0),
			       .sp = (uintptr_t)__builtin_frame_address(0)};
	if (__builtin_expect(agent_control_page->paused != 0, 0)) {
		edge_saw_pause = 1;
		return;
	}
	if (!thread->is_attached && pool_header)
		thread = thread_self();
	if (!thread->is_attached || thread->depth) {
		edge_count_in(EDGE_CALLS, (uintptr_t)call_site, (uintptr_t)function, 1);
		return;
	}
	thread->depth = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (__builtin_expect(!enter_quickly(thread, &callee), 0))
		enter(thread, &callee);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	thread->depth = 0;
}

AGENT_EXPORT void __cyg_profile_func_exit(void *function, void *call_site)
{
	struct thread *thread = &thread_now;
	struct shadow *shadow = thread->shadow;
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
	if (!shadow || thread->depth || !thread->is_attached)
		return;
	thread->depth = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	const struct frame *top = &shadow->frames[shadow->depth - 1];
	if (shadow->depth && top->function == (uintptr_t)function && top->call_site == (uintptr_t)call_site &&
	    top->sp >= sp && !agent_options.time)
		shadow->depth--;
	else
		leave(thread, (uintptr_t)function, (uintptr_t)call_site, sp);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	thread->depth = 0;
}
