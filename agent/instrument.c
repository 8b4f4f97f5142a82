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
#include "shadow.h"
#include "times.h"

#define SHADOWS_SPARE 256u
#define USED_LISTED 512u

struct frame {
	uintptr_t function, call_site;
	uintptr_t site;        /* where its entry hook was called: in the machine function that it is part of */
	uintptr_t sp;          /* at its hooks */
};
/* A caller that was found before: under the frame of one entry hook, another was called for a call from there. The hooks'
 * places stand for their functions. */
struct memo {
	uintptr_t site, call_site;
	uintptr_t top;         /* the caller's place, and what the control page says while recording is not paused */
	uint64_t *count;       /* of the edge */
};
struct shadow {
	struct frame *top;
	struct shadow *next;   /* of all */
	uint32_t used_count;   /* of memo; beyond USED_LISTED: not told where */
	char aligned[SHADOW_MEMO - 2 * sizeof(void *) - sizeof(uint32_t)];
	struct memo memo[SHADOW_MEMOS];
	struct frame frames[SHADOW_DEPTH]; /* [0] is no function's */
	uint16_t used[USED_LISTED];
	struct time_frame times[SHADOW_DEPTH]; /* --time */
};
static_assert(offsetof(struct shadow, top) == SHADOW_TOP && offsetof(struct shadow, memo) == SHADOW_MEMO, "shadow.h");
static_assert(offsetof(struct shadow, frames) == SHADOW_FRAMES, "shadow.h");
static_assert(sizeof(struct frame) == FRAME_SIZE && offsetof(struct frame, call_site) == FRAME_CALL_SITE &&
	      offsetof(struct frame, site) == FRAME_SITE && offsetof(struct frame, sp) == FRAME_SP, "shadow.h");
static_assert(offsetof(struct memo, call_site) == MEMO_CALL_SITE && offsetof(struct memo, top) == MEMO_TOP &&
	      offsetof(struct memo, count) == MEMO_COUNT, "shadow.h");

/* For the fast path; NULL under --time, which has none. */
AGENT_TLS struct shadow *thread_shadow;
static AGENT_TLS struct shadow *shadow_now;
static bool is_timed;
static struct shadow *spares[SHADOWS_SPARE];
static struct shadow *shadows; /* all that were made */

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

static struct shadow *make_shadow(void)
{
	if (pool_is_frozen)
		return NULL;
	long address = system_call(SYS_mmap, NULL, AGENT_PAGE + sizeof(struct shadow) + SHADOW_FRAMES_SIZE,
				   (long)(PROT_READ | PROT_WRITE), (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE), -1L, 0L);
	if (address < 0 && address > -4096)
		return NULL;
	uintptr_t frames = (uintptr_t)address + AGENT_PAGE + sizeof((struct shadow *)0)->memo;
	frames = (frames + SHADOW_FRAMES_SIZE - 1) & ~(uintptr_t)(SHADOW_FRAMES_SIZE - 1);
	struct shadow *shadow = (struct shadow *)(frames - SHADOW_FRAMES);
	/* A child that we hear nothing of must not count in its parent's file. */
	system_call(SYS_madvise, shadow->memo, (long)sizeof shadow->memo, 18L /* MADV_WIPEONFORK */);
	shadow->next = __atomic_load_n(&shadows, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&shadows, &shadow->next, shadow, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) { }
	return shadow;
}

/* Threads are many and short: only what was used is cleared, as long as that is little. */
static void forget_callers(struct shadow *shadow)
{
	if (shadow->used_count > USED_LISTED)
		zero_bytes(shadow->memo, sizeof shadow->memo);
	else
		for (uint32_t i = 0; i < shadow->used_count; i++)
			shadow->memo[shadow->used[i]].site = 0;
	shadow->used_count = 0;
}

/* Other threads may be about to use what is taken from them: they know of no code that is gone, for they run. */
void instrument_forget(void)
{
	for (struct shadow *shadow = __atomic_load_n(&shadows, __ATOMIC_ACQUIRE); shadow; shadow = shadow->next)
		system_call(SYS_madvise, shadow->memo, (long)sizeof shadow->memo, (long)MADV_DONTNEED);
}

static struct shadow *shadow_of(const struct thread *thread)
{
	struct shadow *shadow = shadow_now;
	if (shadow || thread->has_ended)
		return shadow;
	for (uint32_t i = 0; i < SHADOWS_SPARE && !shadow; i++) {
		if (__atomic_load_n(&spares[i], __ATOMIC_RELAXED))
			shadow = __atomic_exchange_n(&spares[i], NULL, __ATOMIC_ACQ_REL);
	}
	if (!shadow)
		shadow = make_shadow();
	if (shadow) {
		forget_callers(shadow); /* they are counted for another thread */
		shadow->top = shadow->frames;
	}
	thread_shadow = is_timed ? NULL : shadow;
	return shadow_now = shadow;
}

void instrument_end(struct thread *thread)
{
	struct shadow *shadow = shadow_now;
	shadow_now = thread_shadow = NULL;
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

static bool is_empty(const struct shadow *shadow)
{
	return shadow->top == shadow->frames;
}

static void drop(struct thread *thread, struct shadow *shadow, bool has_returned, uint64_t now)
{
	struct time_frame *time = &shadow->times[shadow->top - shadow->frames];
	shadow->top--;
	if (is_timed)
		times_leave(thread, time, is_empty(shadow) ? NULL : time - 1, has_returned, now);
}

/* Frames below the stack pointer are gone. A signal handler's own stack says nothing about the thread's frames. */
static void drop_deeper(struct thread *thread, struct shadow *shadow, uintptr_t sp, uint64_t now)
{
	bool is_inside = is_on_stack(thread, sp);
	while (!is_empty(shadow)) {
		bool is_top_inside = is_on_stack(thread, shadow->top->sp);
		if (is_top_inside == is_inside ? shadow->top->sp >= sp : !is_inside)
			return;
		drop(thread, shadow, false, now);
	}
}

/* The frame of the calling function, or NULL: the caller has none, it was not built with hooks or its frame was lost. */
static const struct frame *find_caller(struct thread *thread, struct shadow *shadow, const struct frame *callee,
				       uint64_t now)
{
	drop_deeper(thread, shadow, callee->sp, now);
	while (!is_empty(shadow)) {
		const struct frame *top = shadow->top;
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

/* The same place as in instrument_x86_64.S. */
static struct memo *memo_of(struct shadow *shadow, uintptr_t site, uintptr_t call_site)
{
	return &shadow->memo[(call_site + 8 * site) / 4 % SHADOW_MEMOS];
}

/* Found by its first word: a signal handler must not see half of it. */
static void remember(const struct thread *thread, struct shadow *shadow, const struct frame *caller,
		     const struct frame *callee)
{
	const struct trace_edge *edge = edge_find(thread, EDGE_FUNCTIONS, caller->function, callee->function);
	struct memo *memo = memo_of(shadow, callee->site, callee->call_site);
	if (!edge || is_timed)
		return;
	if (memo->site == 0 && shadow->used_count++ < USED_LISTED)
		shadow->used[shadow->used_count - 1] = (uint16_t)(memo - shadow->memo);
	__atomic_store_n(&memo->site, 0, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	memo->call_site = callee->call_site;
	/* Found only while the upper half of what is added to a place by the fast path, paused, is 0. */
	memo->top = caller->site + agent_control_area.control.version;
	memo->count = (uint64_t *)&edge->count;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&memo->site, callee->site, __ATOMIC_RELAXED);
}

static void enter(struct thread *thread, const struct frame *callee)
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
	if (!shadow || shadow->top == &shadow->frames[SHADOW_DEPTH - 1]) {
		pool_lost(TRACE_LOST_FRAMES, 1);
		return;
	}
	shadow->top++;
	*shadow->top = *callee;
	if (is_timed)
		times_enter(thread, &shadow->times[shadow->top - shadow->frames], callee->function, now);
}

/* The exit hook was jumped to: nothing is left of the function's own frame, so that it is the oldest of the deeper ones. */
static void leave_jumping(struct thread *thread, struct shadow *shadow, const struct frame *left, uint64_t now)
{
	const struct frame *own = NULL;
	for (const struct frame *frame = shadow->top; frame > shadow->frames && frame->sp < left->sp; frame--) {
		if (frame->function == left->function && frame->call_site == left->call_site)
			own = frame;
	}
	while (own && shadow->top > own)
		drop(thread, shadow, false, now);
	if (own)
		drop(thread, shadow, true, now);
	drop_deeper(thread, shadow, left->sp, now);
}

static void leave(struct thread *thread, struct shadow *shadow, const struct frame *left)
{
	uint64_t now = is_timed ? times_now() : 0;
	if (left->site == left->call_site) {
		leave_jumping(thread, shadow, left, now);
		return;
	}
	drop_deeper(thread, shadow, left->sp, now);
	/* alloca may have moved the stack pointer since the entry hook: function and return address tell the frame. */
	for (const struct frame *frame = shadow->top; frame > shadow->frames; frame--) {
		if (frame->function != left->function || frame->call_site != left->call_site)
			continue;
		while (shadow->top > frame)
			drop(thread, shadow, false, now);
		drop(thread, shadow, true, now);
		return;
	}
}

/* depth: this half of the hooks runs. A signal handler that interrupts it counts by return address alone. */
void instrument_enter(uintptr_t function, uintptr_t call_site, uintptr_t site, uintptr_t sp)
{
	struct thread *thread = thread_self();
	struct frame callee = {function, call_site, site, sp};
	if (!thread->is_attached || (thread->depth && thread_is_inside(thread, sp))) {
		edge_count_in(EDGE_CALLS, call_site, function, 1);
		return;
	}
	thread->depth = 1;
	thread->entered_sp = sp;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	enter(thread, &callee);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	thread->depth = 0;
}

void instrument_leave(uintptr_t function, uintptr_t call_site, uintptr_t site, uintptr_t sp)
{
	struct thread *thread = &thread_now;
	struct shadow *shadow = shadow_now;
	struct frame left = {function, call_site, site, sp};
	if (!shadow || thread->depth || !thread->is_attached)
		return;
	thread->depth = 1;
	thread->entered_sp = sp;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	leave(thread, shadow, &left);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	thread->depth = 0;
}

#if !defined(__x86_64__)
/* The stack pointer of whom the hook was called by, whatever the hooks' own frames are. */
AGENT_EXPORT void __cyg_profile_func_enter(void *function, void *call_site)
{
	if (agent_control_area.control.paused)
		edge_saw_pause = 1;
	else
		instrument_enter((uintptr_t)function, (uintptr_t)call_site, (uintptr_t)__builtin_return_address(0),
				 (uintptr_t)__builtin_dwarf_cfa());
}

AGENT_EXPORT void __cyg_profile_func_exit(void *function, void *call_site)
{
	instrument_leave((uintptr_t)function, (uintptr_t)call_site, (uintptr_t)__builtin_return_address(0),
			 (uintptr_t)__builtin_dwarf_cfa());
}
#endif
