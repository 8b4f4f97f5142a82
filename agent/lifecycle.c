/* SPDX-License-Identifier: MIT */
/* Threads and forks: who starts what, so that each thread's calls are counted under its entry point and each child has a
 * file of its own. Owns the wrappers of pthread_create, thrd_create, thread names, fork, vfork and _exit. Programs that are
 * started: start.c.
 *
 * Wrappers leave no frame behind: a thread's start function is jumped to, vfork and syscall are (wrap_x86_64.S). */
#include "lifecycle.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <threads.h>
#include <unistd.h>

#define STARTS 1024

AGENT_TLS uint32_t threads_started;

void *real_syscall, *real_vfork;
static void (*real_exit)(int), (*real_c_exit)(int); /* _exit, _Exit */
static pthread_key_t exit_key;
static bool has_exit_key;

/* ---- the real functions ---- */

void *real_function(const char *name)
{
	static void *(*next)(void *, const char *);
	/* dlsym may be wrapped itself: its versions are not. */
	if (!next) {
		static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"};
		void *found = NULL;
		for (size_t i = 0; i < 3 && !found; i++)
			found = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
		*(void **)&next = found ? found : (void *)dlsym;
	}
	return next(RTLD_NEXT, name);
}

/* ---- threads ---- */

/* What a new thread is handed over; free while function is NULL. */
struct start {
	void *(*function)(void *);
	void *argument;
	uintptr_t creator;
	size_t stack_size;
	uint32_t is_taken;
};
static struct start starts[STARTS];

static struct start *take_start(void)
{
	for (size_t i = 0; i < STARTS; i++) {
		if (!__atomic_load_n(&starts[i].is_taken, __ATOMIC_RELAXED) &&
		    !__atomic_exchange_n(&starts[i].is_taken, 1, __ATOMIC_ACQUIRE))
			return &starts[i];
	}
	return NULL;
}

static void give_start(struct start *start)
{
	__atomic_store_n(&start->is_taken, 0, __ATOMIC_RELEASE);
}

/* Runs in the round of destructors that is the last: other libraries' destructors still count their calls. */
static void thread_exits(void *round)
{
	if ((uintptr_t)round < PTHREAD_DESTRUCTOR_ITERATIONS) {
		pthread_setspecific(exit_key, (char *)round + 1);
	} else {
		instrument_end(&thread_now);
		if (agent_options.sample_period)
			sample_thread_end();
		resources_thread_end();
		thread_end();
	}
}

static struct start begin(void *argument)
{
	struct start *place = argument, start = *place;
	give_start(place);
	thread_begin((uintptr_t)start.function, start.creator, start.stack_size);
	if (has_exit_key)
		pthread_setspecific(exit_key, (void *)1);
	if (agent_options.sample_period)
		sample_start();
	return start;
}

/* Jumps to the start function: no frame of ours lies below the thread's own. */
static void *run_thread(void *argument)
{
	struct start start = begin(argument);
	return start.function(start.argument);
}

static int run_c11_thread(void *argument)
{
	struct start start = begin(argument);
	return ((thrd_start_t)(void *)start.function)(start.argument);
}

/* glibc's default is the limit at start; asking for it again could be forbidden by then. */
static size_t default_stack_size = (size_t)8 << 20;

static size_t stack_size_of(const pthread_attr_t *attributes)
{
	size_t size = 0;
	if (attributes)
		pthread_attr_getstacksize(attributes, &size);
	return size ? size : default_stack_size;
}

static struct start *prepare(void *function, void *argument, uintptr_t creator, size_t stack_size)
{
	struct start *start = pool_header ? take_start() : NULL;
	if (start) {
		*(void **)&start->function = function;
		start->argument = argument;
		start->creator = creator;
		start->stack_size = stack_size;
	}
	return start;
}

static void tell_thread(uintptr_t from, const void *frame, uintptr_t function, int error)
{
	struct thread *thread;
	if (!agent_enter(&thread))
		return;
	thread_event(thread, from, frame, function, error);
	agent_leave(thread);
}

AGENT_EXPORT int pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
	uintptr_t from = (uintptr_t)__builtin_return_address(0);
	int saved = errno;
	struct start *start = prepare((void *)function, argument, from, stack_size_of(attributes));
	errno = saved;
	threads_started++;
	int status = start ? REAL(pthread_create)(id, attributes, run_thread, start)
			   : REAL(pthread_create)(id, attributes, function, argument);
	if (status != 0 && start)
		give_start(start);
	saved = errno;
	tell_thread(from, __builtin_frame_address(0), (uintptr_t)function, status);
	errno = saved;
	return status;
}

AGENT_EXPORT int thrd_create(thrd_t *id, thrd_start_t function, void *argument)
{
	uintptr_t from = (uintptr_t)__builtin_return_address(0);
	struct start *start = prepare((void *)function, argument, from, stack_size_of(NULL));
	threads_started++;
	int status = start ? REAL(thrd_create)(id, run_c11_thread, start) : REAL(thrd_create)(id, function, argument);
	if (status != thrd_success && start)
		give_start(start);
	int saved = errno;
	tell_thread(from, __builtin_frame_address(0), (uintptr_t)function, status == thrd_success ? 0 : EAGAIN);
	errno = saved;
	return status;
}

AGENT_EXPORT int pthread_setname_np(pthread_t id, const char *name)
{
	int status = REAL(pthread_setname_np)(id, name);
	if (status == 0)
		thread_name(id == pthread_self() ? NULL : (const void *)id, name);
	return status;
}

/* ---- forks ---- */

static void tell_fork(uintptr_t from, const void *frame, int error)
{
	struct process_event event = {TRACE_FORK, NULL, error};
	struct thread *thread;
	if (!agent_enter(&thread))
		return;
	process_event(thread, from, frame, &event);
	agent_leave(thread);
}

static void after_fork(void)
{
	start_forked();
	if (!pool_header)
		return;
	for (size_t i = 0; i < STARTS; i++)
		starts[i].is_taken = 0;
	threads_forked();
	thread_self();
	if (agent_options.sample_period && pool_header)
		sample_forked();
}

AGENT_EXPORT pid_t fork(void)
{
	pid_t child = REAL(fork)();
	if (child != 0) {
		int saved = errno;
		tell_fork((uintptr_t)__builtin_return_address(0), __builtin_frame_address(0), child < 0 ? saved : 0);
		errno = saved;
	}
	return child;
}

/* Before the jump to the real vfork: behind it is the child's stack. */
void vfork_seen(uintptr_t from, const void *frame)
{
	int saved = errno;
	tell_fork(from, frame, 0);
	errno = saved;
}

/* ---- start and end ---- */

void lifecycle_resolve(void)
{
	real_syscall = real_function("syscall");
	real_vfork = real_function("vfork");
	*(void **)&real_exit = real_function("_exit");
	*(void **)&real_c_exit = real_function("_Exit");
}

void lifecycle_start(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		default_stack_size = limit.rlim_cur;
	has_exit_key = pthread_key_create(&exit_key, thread_exits) == 0;
	pthread_atfork(NULL, NULL, after_fork);
}

/* Exit handlers have run, or are left out. Not the child of a vfork: the file is its parent's. */
__attribute__((destructor)) static void agent_end(void)
{
	if (pool_header && pool_header->state == TRACE_RUNNING && (!pool_is_frozen && getpid() == (pid_t)pool_header->pid))
		pool_header->state = TRACE_EXITED;
}

/* By handlers and between vfork and exec, too: nothing is looked up here. */
static _Noreturn void leave_by(void (*real)(int), int status)
{
	agent_end();
	if (real)
		real(status);
	for (;;)
		system_call(SYS_exit_group, (long)status);
}

AGENT_EXPORT _Noreturn void _exit(int status)
{
	leave_by(real_exit, status);
}

AGENT_EXPORT _Noreturn void _Exit(int status)
{
	leave_by(real_c_exit, status);
}
