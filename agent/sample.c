/* SPDX-License-Identifier: MIT */
/* --sample: where CPU time goes, by a timer of each thread's CPU time whose signal walks the thread's stack. Owns the
 * timers and their signal, and steps aside where the program wants that signal for itself.
 *
 * What a host may notice, and why it has to be asked for: a system call that is not restarted (poll, epoll_wait, nanosleep)
 * can return EINTR when the timer fires between its start and its sleep; waiting uses no CPU time, so that is rare. */
#include "sample.h"
#include "cfi.h"
#include "cfi_table.h"
#include "core.h"
#include "got.h"
#include "wrap.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>

enum { TIMERS = 8192, EDGES_MAX = 128, KERNEL_SIGSET = 8 };
enum { HIGHEST_TRIED = 62, LOWEST_TRIED = 50 };
#define KERNEL_SA_RESTORER 0x04000000ul

struct kernel_sigaction {
	void (*handler)(int, siginfo_t *, void *);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

static int signal_number; /* 0: not sampling */
static uint32_t timers[TIMERS]; /* ids of the kernel + 1 */
static AGENT_TLS uint32_t timer_slot; /* of this thread's timer, + 1 */

/* ---- a sample ---- */

struct sample {
	struct { uintptr_t from, callee; } seen[EDGES_MAX];
	uint32_t count;
	uint64_t weight;
};

/* An edge that a sample has several times (recursion) counts once: weights are samples. */
static void sample_edge(struct sample *sample, uintptr_t from, uintptr_t callee)
{
	for (uint32_t i = 0; i < sample->count; i++)
		if (sample->seen[i].from == from && sample->seen[i].callee == callee)
			return;
	if (sample->count == EDGES_MAX)
		return;
	sample->seen[sample->count].from = from;
	sample->seen[sample->count++].callee = callee;
	edge_sample(from, callee, sample->weight);
}

/* Where a thread was interrupted. link: what x30 of AArch64 holds; 0 elsewhere. */
struct interrupted {
	struct frame_state state;
	uintptr_t link;
};

static struct interrupted interrupted_at(const ucontext_t *context)
{
#if defined(__x86_64__)
	const greg_t *registers = context->uc_mcontext.gregs;
	return (struct interrupted){{(uintptr_t)registers[REG_RIP], (uintptr_t)registers[REG_RSP], (uintptr_t)registers[REG_RBP]}, 0};
#else
	const mcontext_t *machine = &context->uc_mcontext;
	return (struct interrupted){{machine->pc, machine->sp, machine->regs[29]}, machine->regs[30]};
#endif
}

/* In a stub, on its way: the return address lies on top, or in its register. */
static void leave_stub(struct interrupted *at)
{
#if defined(__x86_64__)
	at->state.pc = *(const uintptr_t *)at->state.sp;
	at->state.sp += sizeof(uintptr_t);
#else
	at->state.pc = at->link;
#endif
}

static bool sample_stack(struct sample *sample, const struct interrupted *interrupted, const struct thread *thread)
{
	struct interrupted at = *interrupted;
	struct cfi_bounds bounds = {at.state.sp, (uintptr_t)thread->stack_high, 0, 0};
	bool is_exact = true;

	/* The hub of entry hooks there keeps the caller's address where it cannot be found. */
	if (at.link && cfi_function_start(at.state.pc) == (uintptr_t)edge_hub)
		return false;
	if (!module_of(at.state.pc) && got_is_stub(at.state.pc)) {
		leave_stub(&at);
		is_exact = false;
	}
	for (uint32_t depth = 0; depth < EDGES_MAX; depth++, is_exact = false) {
		uintptr_t callee = cfi_function_start(at.state.pc - !is_exact);
		bool has_stepped = is_exact && at.link && cfi_step_by_link(&at.state, at.link, &bounds);
		if (!has_stepped && cfi_step(&at.state, is_exact, &bounds, NULL) != CFI_CALLER)
			break;
		if (callee)
			sample_edge(sample, at.state.pc, callee);
	}
	return sample->count > 0;
}

__attribute__((noinline)) static bool sample_at(const struct interrupted *at, const struct thread *thread, uint64_t weight)
{
	struct sample sample = {.weight = weight};

	return sample_stack(&sample, at, thread);
}

/* Uses little itself: it may have come upon a handler on a small stack. */
static void sample_taken(int number, siginfo_t *info, void *context)
{
	struct thread *thread = &thread_now;
	uint64_t weight = 1;

	(void)number;
	if (!pool_header || !thread->is_attached || agent_control_page->paused)
		return;
	if (info->si_code == SI_TIMER && info->si_overrun > 0)
		weight += (uint64_t)info->si_overrun;
	struct interrupted at = interrupted_at(context);
	bool is_known = at.state.sp >= (uintptr_t)thread->stack_low && at.state.sp < (uintptr_t)thread->stack_high;
	if (!is_known || !sample_at(&at, thread, weight))
		pool_lost(TRACE_LOST_SAMPLES, weight);
}

/* ---- timers ---- */

#if defined(__x86_64__)
__asm__(".text\n\t.p2align 4\n\tnop\n\t.type sample_return, @function\nsample_return:\n\tmovq $15, %rax\n\tsyscall\n\t"
	".size sample_return, .-sample_return");
extern void sample_return(void) __attribute__((visibility("hidden")));
#endif

static bool handler_install(int number)
{
	struct kernel_sigaction action = {.handler = sample_taken, .flags = SA_SIGINFO | SA_RESTART}, old;

#if defined(__x86_64__)
	action.flags |= KERNEL_SA_RESTORER;
	action.restorer = sample_return;
#endif
	if (system_call(SYS_rt_sigaction, (long)number, NULL, &old, (long)KERNEL_SIGSET) != 0 || old.handler)
		return false; /* the program's */
	return system_call(SYS_rt_sigaction, (long)number, &action, NULL, (long)KERNEL_SIGSET) == 0;
}

static int signal_choose(void)
{
	for (int number = HIGHEST_TRIED; number >= LOWEST_TRIED; number--)
		if (handler_install(number))
			return number;
	return 0;
}

static uint32_t slot_take(int id)
{
	for (uint32_t i = 0; i < TIMERS; i++) {
		uint32_t none = 0;
		if (!timers[i] && __atomic_compare_exchange_n(&timers[i], &none, (uint32_t)id + 1, false, __ATOMIC_ACQ_REL,
							      __ATOMIC_RELAXED))
			return i + 1;
	}
	return 0;
}

static void timer_start(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = signal_number};
	uint64_t period = agent_options.sample_period;
	struct itimerspec times = {{(time_t)(period / 1000000000), (long)(period % 1000000000)}, {0, 0}};
	int id;

	event._sigev_un._tid = (pid_t)system_call(SYS_gettid);
	times.it_value = times.it_interval;
	if (system_call(SYS_timer_create, (long)CLOCK_THREAD_CPUTIME_ID, &event, &id) != 0) {
		pool_lost(TRACE_LOST_THREADS, 1);
		return;
	}
	timer_slot = slot_take(id);
	if (!timer_slot || system_call(SYS_timer_settime, (long)id, 0L, &times, NULL) != 0)
		system_call(SYS_timer_delete, (long)id);
}

void sample_start(void)
{
	static bool is_forked; /* the handler is inherited, the timers are not */

	if (!agent_options.sample_period || !pool_header || pool_is_frozen)
		return;
	if (!signal_number && !is_forked) {
		signal_number = signal_choose();
		is_forked = true;
	}
	if (signal_number)
		timer_start();
}

void sample_forked(void)
{
	zero_bytes(timers, sizeof(timers));
	timer_slot = 0;
	sample_start();
}

void sample_thread_end(void)
{
	uint32_t slot = timer_slot, id = slot ? __atomic_exchange_n(&timers[slot - 1], 0, __ATOMIC_ACQ_REL) : 0;

	timer_slot = 0;
	if (id && !pool_is_frozen)
		system_call(SYS_timer_delete, (long)(id - 1));
}

/* A signal that is pending, because it is blocked, would outlive an exec, and our handler would not: it must go. After vfork
 * this is the parent's memory but not its timers: nothing is stored. */
void sample_before_exec(void)
{
	const struct itimerspec never = {{0, 0}, {0, 0}};
	const uint64_t set = signal_number ? 1ull << (signal_number - 1) : 0;

	if (!set || pool_is_frozen)
		return;
	if (timer_slot && timers[timer_slot - 1])
		system_call(SYS_timer_settime, (long)(timers[timer_slot - 1] - 1), 0L, &never, NULL);
	while (system_call(SYS_rt_sigtimedwait, &set, NULL, &never.it_value, (long)KERNEL_SIGSET) > 0)
		;
}

/* What asks about our signal hears what it would without us. */
bool sample_hides(int number)
{
	return signal_number && number == signal_number;
}

/* The program sets a handler of its own for our signal. Before it does: no timer of ours is left. */
bool sample_yield(int number)
{
	if (!sample_hides(number))
		return false;
	signal_number = 0;
	for (uint32_t i = 0; i < TIMERS; i++) {
		uint32_t id = __atomic_exchange_n(&timers[i], 0, __ATOMIC_ACQ_REL);
		if (id)
			system_call(SYS_timer_delete, (long)(id - 1));
	}
	pool_lost(TRACE_LOST_SAMPLES, 1);
	return true;
}

/* ---- waiting for any signal does not mean ours ---- */

static const sigset_t *without_ours(const sigset_t *set, sigset_t *copy)
{
	if (!signal_number || !set || sigismember(set, signal_number) <= 0)
		return set;
	*copy = *set;
	sigdelset(copy, signal_number);
	return copy;
}

WRAPPED(sigwait);
AGENT_EXPORT int sigwait(const sigset_t *set, int *number)
{
	sigset_t copy;
	return REAL(sigwait)(without_ours(set, &copy), number);
}

WRAPPED(sigwaitinfo);
AGENT_EXPORT int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	sigset_t copy;
	return REAL(sigwaitinfo)(without_ours(set, &copy), info);
}

WRAPPED(sigtimedwait);
AGENT_EXPORT int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	sigset_t copy;
	return REAL(sigtimedwait)(without_ours(set, &copy), info, timeout);
}

WRAPPED(signalfd);
AGENT_EXPORT int signalfd(int descriptor, const sigset_t *set, int flags)
{
	sigset_t copy;
	return REAL(signalfd)(descriptor, without_ours(set, &copy), flags);
}
