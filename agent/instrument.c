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
#define MEMO 1024u

struct frame {
	uintptr_t function, call_site;
	uintptr_t site;        /* where its entry hook was called: in the machine function that it is part of */
	uintptr_t sp;          /* at its entry hook */
};
/* A caller that was found before: under the frame of one entry hook, another was called for a call from there. The hooks'
 * places stand for their functions. */
struct memo {
	uintptr_t top_site, site, call_site;
	uint64_t *count;       /* of the edge */
};
struct shadow {
	uint32_t depth;
	uint32_t generation;   /* instrument_generation that the memo is of */
	struct memo memo[MEMO];
	struct frame frames[FRAMES];
	struct time_frame times[FRAMES]; /* --time */
};

static struct shadow *spares[SHADOWS_SPARE];
uint32_t instrument_generation = 1;
/* Nothing is done quickly: --time. */
static bool is_timed;

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
	is_timed = agent_options.time;
	if (is_timed)
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
	if (shadow) /* its memo holds the counts of another thread */
		shadow->depth = shadow->generation = 0;
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

static bool is_same_function(uintptr_t a, uintptr_t b)
{
	const struct module *module = module_of(a);
	if (!module || b < module->start || b >= module->end)
		return false;
	uintptr_t start = elf_function_start(module, a);
	return start && start == elf_function_start(module, b);
}

/* ---- the stack ---- */

static bool is_on_stack(const struct thread *thread, uintptr_t sp)
{
	return !thread->stack_high || (sp >= (uintptr_t)thread->stack_low && sp < (uintptr_t)thread->stack_high);
}

static void drop(struct thread *thread, struct shadow *shadow, bool has_returned, uint64_t now)
{
	struct time_frame *time = &shadow->times[--shadow->depth];
	if (is_timed)
		times_leave(thread, time, shadow->depth ? time - 1 : NULL, has_returned, now);
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

static inline struct memo *memo_of(struct shadow *shadow, uintptr_t site, uintptr_t call_site)
{
	return &shadow->memo[((call_site + 8 * site) * 0x9E3779B97F4A7C15u >> 32) % MEMO];
}

static void remember(struct thread *thread, struct shadow *shadow, const struct frame *caller, const struct frame *callee)
{
	if (shadow->generation != instrument_generation) {
		zero_bytes(shadow->memo, sizeof shadow->memo);
		shadow->generation = instrument_generation;
	}
	struct trace_edge *edge = edge_find(thread, EDGE_FUNCTIONS, caller->function, callee->function);
	if (edge)
		*memo_of(shadow, callee->site, callee->call_site) =
			(struct memo){caller->site, callee->site, callee->call_site, &edge->count};
}

static inline void push(struct shadow *shadow, uintptr_t function, uintptr_t call_site, uintptr_t site, uintptr_t sp)
{
	struct frame *frame = &shadow->frames[shadow->depth];
	frame->function = function;
	frame->call_site = call_site;
	frame->site = site;
	frame->sp = sp;
	shadow->depth++;
}

static __attribute__((noinline)) void enter(struct thread *thread, const struct frame *callee)
{
	struct shadow *shadow = shadow_of(thread);
	uint64_t now = is_timed ? times_now() : 0;
	const struct frame *caller = shadow ? find_caller(thread, shadow, callee, now) : NULL;
	if (caller) {
		edge_count_in(EDGE_FUNCTIONS, caller->function, callee->function, 1);
		remember(thread, shadow, caller, callee);
	} else {
		edge_count_in(EDGE_CALLS, callee->call_site, callee->function, 1);
	}
	if (!shadow || shadow->depth == FRAMES) {
		pool_lost(TRACE_LOST_FRAMES, 1);
		return;
	}
	if (is_timed)
		times_enter(thread, &shadow->times[shadow->depth], callee->function, now);
	push(shadow, callee->function, callee->call_site, callee->site, callee->sp);
}

static __attribute__((noinline)) void leave(struct thread *thread, uintptr_t function, uintptr_t call_site, uintptr_t sp)
{
	struct shadow *shadow = thread->shadow;
	if (!shadow)
		return;
	uint64_t now = is_timed ? times_now() : 0;
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

static __attribute__((noinline, cold)) void enter_slowly(struct thread *thread, uintptr_t function, uintptr_t call_site,
							 uintptr_t site, uintptr_t sp)
{
	struct frame callee = {function, call_site, site, sp};
	enter(thread, &callee);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	thread->depth = 0;
}

/* Not attached yet, or a signal handler that interrupted one of these hooks: counted by return address alone. */
static __attribute__((noinline, cold)) void enter_alone(struct thread *thread, uintptr_t function, uintptr_t call_site,
							uintptr_t site, uintptr_t sp)
{
	thread = thread_self();
	if (!thread->is_attached || (thread->depth && thread_is_inside(thread, sp))) {
		edge_count_in(EDGE_CALLS, call_site, function, 1);
		return;
	}
	thread->depth = 1;
	thread->entered_sp = sp;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	enter_slowly(thread, function, call_site, site, sp);
}

/* depth: while it is set the shadow stack is in use. The usual case goes without a call: the top frame is the caller's,
 * as it was before. A view that a fork has wiped says that counts are another process's. */
AGENT_EXPORT void __cyg_profile_func_enter(void *function, void *call_site)
{
	struct thread *thread = &thread_now;
	uintptr_t site = (uintptr_t)__builtin_return_address(0), sp = (uintptr_t)__builtin_frame_address(0);
	if (__builtin_expect(agent_control_area.control.paused != 0, 0)) {
		edge_saw_pause = 1;
		return;
	}
	if (__builtin_expect(!thread->is_attached || thread->depth, 0)) {
		enter_alone(thread, (uintptr_t)function, (uintptr_t)call_site, site, sp);
		return;
	}
	thread->depth = 1;
	thread->entered_sp = sp;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	struct shadow *shadow = thread->shadow;
	if (__builtin_expect(shadow && shadow->depth - 1 < FRAMES - 1 && !is_timed, 1)) {
		const struct frame *top = &shadow->frames[shadow->depth - 1];
		const struct memo *memo = memo_of(shadow, site, (uintptr_t)call_site);
		if (__builtin_expect(top->sp >= sp && memo->site == site && memo->call_site == (uintptr_t)call_site &&
				     memo->top_site == top->site && shadow->generation == instrument_generation &&
				     thread_view(thread)->sets[EDGE_FUNCTIONS].mask, 1)) {
			edge_add(memo->count, 1);
			push(shadow, (uintptr_t)function, (uintptr_t)call_site, site, sp);
			__atomic_signal_fence(__ATOMIC_SEQ_CST);
			thread->depth = 0;
			return;
		}
	}
	enter_slowly(thread, (uintptr_t)function, (uintptr_t)call_site, site, sp);
}

AGENT_EXPORT void __cyg_profile_func_exit(void *function, void *call_site)
{
	struct thread *thread = &thread_now;
	struct shadow *shadow = thread->shadow;
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
	if (!shadow || thread->depth)
		return;
	thread->depth = 1;
	thread->entered_sp = sp;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	const struct frame *top = &shadow->frames[shadow->depth - 1];
	if (__builtin_expect(shadow->depth && top->function == (uintptr_t)function &&
			     top->call_site == (uintptr_t)call_site && top->sp >= sp && !is_timed, 1))
		shadow->depth--;
	else if (thread->is_attached)
		leave(thread, (uintptr_t)function, (uintptr_t)call_site, sp);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	thread->depth = 0;
}
