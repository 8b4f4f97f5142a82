/* SPDX-License-Identifier: MIT */
/* What the agent keeps per thread, and how threads and forked children get it. Quiet (core.h).
 *
 * Threads are not announced: whoever calls first without tables is attached then and there. Views of tables lie in memory
 * that a fork wipes, so that a child never counts in its parent's file, whatever made it (fork, _Fork, clone). */
#include "core.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define VIEWS 8192u
#define ENTRIES 256u
#define THREAD_ROWS 16384u
#define PENDING 64u
#define THREAD_LOCAL_LARGEST ((size_t)4 << 20) /* of a library that means well */
#define STACK_UNLIMITED ((size_t)1 << 30)

/* Wiped by a fork: all zero in the child until child_start. */
struct per_process {
	uint32_t is_alive;
	uint32_t is_starting;   /* child_start runs */
	uint64_t used[VIEWS / 64]; /* bits: views given out */
	struct edge_view views[VIEWS] __attribute__((aligned(64)));
};

AGENT_TLS struct thread thread_now;
static struct per_process *process;
/* Start functions by entry number; 0 is the initial thread's. */
static uintptr_t entries[ENTRIES];
static struct trace_thread *rows[THREAD_ROWS];
static uint32_t row_count;
/* Names for threads that have no row yet; the oldest are forgotten. */
static struct pending_name {
	uint32_t tid;
	trace_ref name;
} pending[PENDING];
static uint32_t pending_next;
/* Where glibc keeps a thread's id, from the thread pointer; 0: not known. Saves a system call that seccomp may forbid. */
static long tid_offset;
/* The word that glibc gives to all threads of a process: thread storage without it was not made by glibc. */
static uintptr_t guard;

#if defined(__x86_64__)
static uintptr_t thread_word(long offset)
{
	uintptr_t word;
	__asm__ volatile("movq %%fs:(%1), %0" : "=r"(word) : "r"(offset));
	return word;
}
#define GUARD_OFFSET 0x28
static bool storage_is_ours(void)
{
	return thread_word(GUARD_OFFSET) == guard;
}
#else
static bool storage_is_ours(void)
{
	return guard == 0;
}
#endif

/* Looks for the thread id among the words that glibc keeps of a thread: only a single match counts. */
static void find_tid_offset(const char *self, uint32_t tid)
{
	long found = 0;
	for (long offset = 0x80; offset < 0x600; offset += 4) {
		if (*(const uint32_t *)(const void *)(self + offset) != tid)
			continue;
		if (found)
			return;
		found = offset;
	}
	tid_offset = found;
}

static uint32_t thread_id(bool may_ask)
{
#if defined(__x86_64__)
	if (tid_offset && !may_ask)
		return *(const uint32_t *)(thread_word(0) + (uintptr_t)tid_offset);
#endif
	return may_ask || !pool_is_frozen ? (uint32_t)system_call(SYS_gettid) : 0;
}

static struct edge_view *take_view(void)
{
	for (uint32_t word = 0; word < VIEWS / 64; word++) {
		uint64_t bits = __atomic_load_n(&process->used[word], __ATOMIC_RELAXED);
		while (~bits) {
			uint32_t bit = (uint32_t)__builtin_ctzll(~bits);
			if (__atomic_compare_exchange_n(&process->used[word], &bits, bits | (uint64_t)1 << bit, false,
							__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
				return &process->views[word * 64 + bit];
		}
	}
	return NULL;
}

static void give_view(struct edge_view *view)
{
	size_t index = (size_t)(view - process->views);
	zero_bytes(view, sizeof *view);
	__atomic_fetch_and(&process->used[index / 64], ~((uint64_t)1 << index % 64), __ATOMIC_RELEASE);
}

/* The number of the entry point with that start function; TRACE_NONE: too many. */
static uint32_t entry_number(uintptr_t start_function)
{
	for (uint32_t i = 1; i < ENTRIES; i++) {
		uintptr_t known = 0;
		if (__atomic_compare_exchange_n(&entries[i], &known, start_function, false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE) ||
		    known == start_function)
			return i;
	}
	pool_lost(TRACE_LOST_THREADS, 1);
	return TRACE_NONE;
}

/* A thread may be named by its creator before it runs, and so before it has a row. */
static void take_pending(struct trace_thread *row)
{
	for (uint32_t i = 0; i < PENDING; i++) {
		if (pending[i].tid == row->tid && pending[i].name) {
			row->name = pending[i].name;
			pending[i].tid = 0;
		}
	}
}

static void put_pending(uint32_t tid, trace_ref name)
{
	struct pending_name *place = &pending[__atomic_fetch_add(&pending_next, 1, __ATOMIC_RELAXED) % PENDING];
	place->tid = 0;
	place->name = name;
	__atomic_store_n(&place->tid, tid, __ATOMIC_RELEASE);
}

static void add_row(struct thread *thread)
{
	uint32_t number = __atomic_fetch_add(&row_count, 1, __ATOMIC_RELAXED);
	thread->row = NULL;
	if (number < THREAD_ROWS)
		thread->row = pool_append(TRACE_THREADS, sizeof *thread->row);
	if (!thread->row) {
		pool_lost(TRACE_LOST_THREADS, 1);
		return;
	}
	thread->row->tid = thread->tid;
	thread->row->entry = thread->entry;
	thread->row->start_function = thread->start_function;
	thread->row->creator = thread->creator;
	thread->row->first = pool_order();
	take_pending(thread->row);
	pool_publish(TRACE_THREADS, thread->row, sizeof *thread->row);
	__atomic_store_n(&rows[number], thread->row, __ATOMIC_RELEASE);
}

static void attach(struct thread *thread, uint32_t tid)
{
	struct edge_view *view = take_view();
	if (!view)
		return;
	thread->tid = tid;
	add_row(thread);
	thread->view = (char *)view - edge_base;
	thread->is_attached = true;
}

void child_start(void)
{
	struct thread *thread = &thread_now;
	if (__atomic_exchange_n(&process->is_starting, 1, __ATOMIC_ACQ_REL))
		return;
	thread->is_attached = false;
	thread->is_attaching = true;
	thread->held_count = 0;
	for (uint32_t i = 0; i < row_count && i < THREAD_ROWS; i++)
		rows[i] = NULL;
	row_count = 0;
	zero_bytes(pending, sizeof pending);
	edges_forget();
	modules_unlock();
	modules_keep();
	instrument_forget();
	bool is_open = pool_fork();
	process->is_alive = 1;
	thread->view = 0;
	if (is_open) {
		describe_process();
		attach(thread, thread_id(true));
		modules_record_again();
		resources_forked();
	} else if (!pool_is_frozen) {
		control_off();
	}
	thread->is_attaching = false;
	process->is_starting = 0;
}

void threads_forked(void)
{
	if (!process || !process->is_alive)
		return;
	process->is_alive = 0;
	zero_bytes(process->used, sizeof process->used);
	if (thread_now.is_attached)
		zero_bytes(thread_view(&thread_now), sizeof(struct edge_view));
}

struct thread *thread_self(void)
{
	struct thread *thread = &thread_now;
	if (!process || !storage_is_ours())
		return thread;
	if (__builtin_expect(!process->is_alive, 0) && pool_header)
		child_start();
	if (__builtin_expect(!thread->is_attached, 0) && pool_header && !thread->is_attaching && !thread->has_ended) {
		/* Nobody said what it runs: a thread made without pthread_create, or before the agent was there. */
		thread->is_attaching = true;
		if (!thread->start_function)
			thread->entry = TRACE_NONE;
		attach(thread, thread_id(false));
		thread->is_attaching = false;
	}
	return thread;
}

static bool is_on_stack(const struct thread *thread, uintptr_t sp)
{
	return sp >= (uintptr_t)thread->stack_low && sp < (uintptr_t)thread->stack_high;
}

bool thread_is_inside(struct thread *thread, uintptr_t sp)
{
	/* The stacks of handlers and coroutines cannot be compared with the thread's. */
	if (sp <= thread->entered_sp || !is_on_stack(thread, sp) || !is_on_stack(thread, thread->entered_sp))
		return true;
	thread->depth = 0;
	return false;
}

bool agent_enter(struct thread **thread)
{
	if (!pool_header)
		return false;
	if (agent_control_page->paused) {
		edge_saw_pause = 1;
		return false;
	}
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
	*thread = &thread_now;
	if (__builtin_expect(!process || !process->is_alive || !(*thread)->is_attached || !storage_is_ours(), 0))
		thread_self();
	if (!(*thread)->is_attached || ((*thread)->depth && thread_is_inside(*thread, sp)))
		return false;
	if (__builtin_expect(!is_on_stack(*thread, sp), 0) && !stack_has_room(sp)) {
		pool_lost(TRACE_LOST_USES, 1);
		return false;
	}
	(*thread)->depth = 1;
	(*thread)->entered_sp = sp;
	return true;
}

void agent_leave(struct thread *thread)
{
	thread->depth = 0;
}

/* Of a thread that libc made, the frames that it began with may lie in the next page: between them and the thread pointer there is
 * nothing but what the thread has for its own. */
static void set_stack(struct thread *thread, uintptr_t inside, size_t size)
{
	uintptr_t high = (inside / AGENT_PAGE + 1) * AGENT_PAGE, pointer = thread_pointer();
	if (pointer > high && pointer - inside < size && pointer - inside < THREAD_LOCAL_LARGEST)
		high = pointer;
	thread->stack_high = (void *)high;
	thread->stack_low = (void *)(high > size ? high - size : 0);
}

void thread_begin(uintptr_t start_function, uintptr_t creator, size_t stack_size)
{
	struct thread *thread = &thread_now;
	if (!process || !pool_header || !storage_is_ours())
		return;
	set_stack(thread, (uintptr_t)__builtin_frame_address(0), stack_size);
	thread->start_function = start_function;
	thread->creator = creator;
	thread->entry = entry_number(start_function);
	thread_self();
}

void thread_end(void)
{
	struct thread *thread = &thread_now;
	thread->has_ended = true;
	if (!thread->is_attached || !process->is_alive)
		return;
	struct edge_view *view = thread_view(thread);
	thread->is_attached = false;
	thread->view = 0;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	edges_give_back(view);
	give_view(view);
}

/* The newest row with a thread id. */
static struct trace_thread *row_of(uint32_t tid)
{
	uint32_t count = __atomic_load_n(&row_count, __ATOMIC_RELAXED);
	for (uint32_t i = count < THREAD_ROWS ? count : THREAD_ROWS; i-- > 0;) {
		struct trace_thread *row = __atomic_load_n(&rows[i], __ATOMIC_ACQUIRE);
		if (row && row->tid == tid)
			return row;
	}
	return NULL;
}

void thread_name(const void *self, const char *name)
{
	const struct thread *thread = thread_self();
	if (!thread->is_attached || (self && !tid_offset))
		return;
	uint32_t tid = self ? *(const uint32_t *)(const void *)((const char *)self + tid_offset) : thread->tid;
	size_t length = 0;
	while (length < 64 && name[length])
		length++;
	trace_ref reference = pool_string(name, length);
	struct trace_thread *row = row_of(tid);
	if (row && reference)
		__atomic_store_n(&row->name, reference, __ATOMIC_RELEASE);
	else if (reference)
		put_pending(tid, reference);
}

bool threads_start(const void *top, const void *self)
{
	/* Behind it as much as a hub may look beyond a view, which a fork in its middle has wiped. */
	size_t size = sizeof *process + EDGE_TABLE_LARGEST;
	long address = system_call(SYS_mmap, NULL, size, (long)(PROT_READ | PROT_WRITE),
				   (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE), -1L, 0L);
	if (address < 0 && address > -4096)
		return false;
	system_call(SYS_madvise, address, size, 18L /* MADV_WIPEONFORK */);
	process = (struct per_process *)address;
	process->is_alive = 1;
	struct thread *thread = &thread_now;
#if defined(__x86_64__)
	guard = thread_word(GUARD_OFFSET);
#endif
	find_tid_offset(self, (uint32_t)system_call(SYS_gettid));
	struct rlimit limit;
	if (system_call(SYS_prlimit64, 0L, (long)RLIMIT_STACK, NULL, &limit) != 0 || limit.rlim_cur > STACK_UNLIMITED)
		limit.rlim_cur = STACK_UNLIMITED;
	set_stack(thread, (uintptr_t)top, limit.rlim_cur);
	attach(thread, thread_id(true));
	return true;
}
