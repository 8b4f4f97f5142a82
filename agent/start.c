/* SPDX-License-Identifier: MIT */
/* Programs that the host starts: exec*, posix_spawn*, system, popen. Each is handed the environment that the caller gave,
 * with the agent put back in where the program can be followed. Owns these wrappers.
 *
 * After vfork all of this runs in the parent's memory: nothing is allocated, and the parent's file keeps its state. */
#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lifecycle.h"

/* Where a wrapper was called from. */
struct place {
	uintptr_t from;
	const void *frame;
};
#define HERE ((struct place){(uintptr_t)__builtin_return_address(0), __builtin_frame_address(0)})
/* Returns what a call gives, and does not jump to it: the frame of the wrapper is looked at meanwhile. */
#define RETURN(call)                                                                                                   \
	do {                                                                                                           \
		int result_ = call;                                                                                    \
		__asm__ volatile("");                                                                                  \
		return result_;                                                                                        \
	} while (0)

static void tell(struct place place, enum trace_operation operation, const char *name, int error)
{
	struct process_event event = {operation, name, error};
	struct thread *thread;
	int saved = errno;
	if (agent_enter(&thread)) {
		process_event(thread, place.from, place.frame, &event);
		agent_leave(thread);
	}
	errno = saved;
}

/* Whether our words belong into that program's environment. */
static bool is_followed(const char *path)
{
	if (!pool_header || !agent_options.follow)
		return false;
	if (target_follows(path))
		return true;
	pool_lost(TRACE_LOST_CHILDREN, 1);
	return false;
}

/* The size of the buffer for an environment, on the caller's stack; 0: none wanted. */
static size_t buffer_size(const char *path, char *const envp[])
{
	return is_followed(path) ? environment_need(envp) : 0;
}

static char *const *with_agent(char *const envp[], void *buffer, size_t size)
{
	char **made = size ? environment_with_agent(envp, buffer, size) : NULL;
	return made ? made : envp;
}

/* The file says that its program was replaced; false again where that failed. Not in the child of a vfork. */
static void mark_execed(bool is_execed)
{
	if (pool_header && !pool_is_frozen && getpid() == (pid_t)pool_header->pid)
		pool_header->state = is_execed ? TRACE_EXECED : TRACE_RUNNING;
}

static int failed(struct place place, const char *name)
{
	int saved = errno;
	mark_execed(false);
	tell(place, TRACE_EXECUTE, name, saved);
	errno = saved;
	return -1;
}

/* ---- exec ---- */

static int run_path(struct place place, const char *path, char *const argv[], char *const envp[])
{
	size_t size = buffer_size(path, envp);
	char *const *environment = with_agent(envp, size ? alloca(size) : NULL, size);
	tell(place, TRACE_EXECUTE, path, 0);
	mark_execed(true);
	REAL(execve)(path, argv, environment);
	return failed(place, path);
}

static int run_searched(struct place place, const char *file, char *const argv[], char *const envp[])
{
	char found[1024];
	size_t size = file && target_search(file, found, sizeof found) ? buffer_size(found, envp)
								       : buffer_size(NULL, envp);
	char *const *environment = with_agent(envp, size ? alloca(size) : NULL, size);
	tell(place, TRACE_EXECUTE, file, 0);
	mark_execed(true);
	REAL(execvpe)(file, argv, environment);
	return failed(place, file);
}

AGENT_EXPORT int execve(const char *path, char *const argv[], char *const envp[])
{
	RETURN(run_path(HERE, path, argv, envp));
}

AGENT_EXPORT int execv(const char *path, char *const argv[])
{
	RETURN(run_path(HERE, path, argv, environ));
}

AGENT_EXPORT int execvp(const char *file, char *const argv[])
{
	RETURN(run_searched(HERE, file, argv, environ));
}

AGENT_EXPORT int execvpe(const char *file, char *const argv[], char *const envp[])
{
	RETURN(run_searched(HERE, file, argv, envp));
}

/* Arguments up to the NULL, the first one given apart; list ends behind the NULL. */
static size_t count_arguments(va_list *list)
{
	size_t count = 1;
	while (va_arg(*list, char *))
		count++;
	return count;
}

#define COLLECT(first, list, argv)                                                                                     \
	do {                                                                                                           \
		va_start(list, first);                                                                                 \
		size_t count_ = first ? count_arguments(&list) : 0;                                                    \
		va_end(list);                                                                                          \
		argv = alloca((count_ + 1) * sizeof *argv);                                                            \
		argv[0] = (char *)first;                                                                               \
		va_start(list, first);                                                                                 \
		for (size_t i_ = 1; i_ <= count_; i_++)                                                                \
			argv[i_] = va_arg(list, char *);                                                               \
	} while (0)

AGENT_EXPORT int execl(const char *path, const char *first, ...)
{
	va_list list;
	char **argv;
	COLLECT(first, list, argv);
	va_end(list);
	RETURN(run_path(HERE, path, argv, environ));
}

AGENT_EXPORT int execlp(const char *file, const char *first, ...)
{
	va_list list;
	char **argv;
	COLLECT(first, list, argv);
	va_end(list);
	RETURN(run_searched(HERE, file, argv, environ));
}

AGENT_EXPORT int execle(const char *path, const char *first, ...)
{
	va_list list;
	char **argv;
	COLLECT(first, list, argv);
	char *const *envp = va_arg(list, char *const *);
	va_end(list);
	RETURN(run_path(HERE, path, argv, envp));
}

/* "/proc/self/fd/N" and what lies below: by it the file is looked at. */
static void descriptor_path(char *buffer, size_t size, int descriptor, const char *below)
{
	size_t length = 0;
	text_append(buffer, size, &length, "/proc/self/fd/");
	text_append_number(buffer, size, &length, descriptor < 0 ? 0 : (uint64_t)descriptor);
	if (below && *below) {
		text_append(buffer, size, &length, "/");
		text_append(buffer, size, &length, below);
	}
}

AGENT_EXPORT int fexecve(int descriptor, char *const argv[], char *const envp[])
{
	struct place place = HERE;
	char path[64];
	descriptor_path(path, sizeof path, descriptor, NULL);
	size_t size = buffer_size(path, envp);
	char *const *environment = with_agent(envp, size ? alloca(size) : NULL, size);
	tell(place, TRACE_EXECUTE, path, 0);
	mark_execed(true);
	REAL(fexecve)(descriptor, argv, environment);
	return failed(place, path);
}

AGENT_EXPORT int execveat(int descriptor, const char *name, char *const argv[], char *const envp[], int flags)
{
	struct place place = HERE;
	char built[1024];
	const char *path = name;
	if (name && name[0] != '/' && descriptor != AT_FDCWD) {
		descriptor_path(built, sizeof built, descriptor, name);
		path = built;
	}
	size_t size = buffer_size(path, envp);
	char *const *environment = with_agent(envp, size ? alloca(size) : NULL, size);
	tell(place, TRACE_EXECUTE, path, 0);
	mark_execed(true);
	REAL(execveat)(descriptor, name, argv, environment, flags);
	return failed(place, path);
}

/* ---- spawn ---- */

AGENT_EXPORT int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
			     const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	size_t size = buffer_size(path, envp);
	char *const *environment = with_agent(envp, size ? alloca(size) : NULL, size);
	int status = REAL(posix_spawn)(pid, path, actions, attributes, argv, environment);
	tell(HERE, TRACE_SPAWN, path, status);
	return status;
}

AGENT_EXPORT int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
			      const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	char found[1024];
	size_t size = target_search(file, found, sizeof found) ? buffer_size(found, envp) : buffer_size(NULL, envp);
	char *const *environment = with_agent(envp, size ? alloca(size) : NULL, size);
	int status = REAL(posix_spawnp)(pid, file, actions, attributes, argv, environment);
	tell(HERE, TRACE_SPAWN, file, status);
	return status;
}

/* ---- system and popen: glibc starts the shell inside itself, with the program's own environment ---- */

/* The real functions: our own wrappers would take this for the program's doing.
 * While several threads are in system() the signals stay ignored until the last one leaves, as in glibc. */
static int system_users;
static struct sigaction old_interrupt, old_quit;
static uint32_t system_lock, popen_lock;

void start_forked(void)
{
	system_users = 0;
	system_lock = popen_lock = 0;
}

static void take_lock(uint32_t *lock)
{
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		system_call(SYS_sched_yield);
}

static void give_lock(uint32_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

static void ignore_signals(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	take_lock(&system_lock);
	if (system_users++ == 0) {
		REAL(sigaction)(SIGINT, &ignore, &old_interrupt);
		REAL(sigaction)(SIGQUIT, &ignore, &old_quit);
	}
	give_lock(&system_lock);
}

static void restore_signals(const sigset_t *mask)
{
	take_lock(&system_lock);
	if (--system_users == 0) {
		REAL(sigaction)(SIGINT, &old_interrupt, NULL);
		REAL(sigaction)(SIGQUIT, &old_quit, NULL);
	}
	give_lock(&system_lock);
	REAL(sigprocmask)(SIG_SETMASK, mask, NULL);
}

struct running {
	pid_t pid;
	sigset_t mask;
};

/* The thread is cancelled while it waits: as glibc, the child goes with it. */
static void end_cancelled(void *context)
{
	struct running *running = context;
	int status;
	REAL(kill)(running->pid, SIGKILL);
	while (REAL(waitpid)(running->pid, &status, 0) < 0 && errno == EINTR)
		;
	restore_signals(&running->mask);
}

static int wait_for(struct running *running)
{
	int status = -1;
	pthread_cleanup_push(end_cancelled, running);
	while (REAL(waitpid)(running->pid, &status, 0) != running->pid) {
		if (errno != EINTR) {
			status = -1;
			break;
		}
	}
	pthread_cleanup_pop(0);
	return status;
}

static int run_shell(const char *command, char *const envp[])
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
	struct running running;
	posix_spawnattr_t attributes;
	sigset_t block, reset;
	ignore_signals();
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	REAL(sigprocmask)(SIG_BLOCK, &block, &running.mask);
	sigemptyset(&reset);
	if (old_interrupt.sa_handler != SIG_IGN)
		sigaddset(&reset, SIGINT);
	if (old_quit.sa_handler != SIG_IGN)
		sigaddset(&reset, SIGQUIT);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &running.mask);
	posix_spawnattr_setsigdefault(&attributes, &reset);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	int error = REAL(posix_spawn)(&running.pid, "/bin/sh", NULL, &attributes, argv, envp);
	posix_spawnattr_destroy(&attributes);
	int status = error ? 127 << 8 : wait_for(&running);
	int saved = error ? error : errno;
	restore_signals(&running.mask);
	errno = saved;
	return status;
}

AGENT_EXPORT int system(const char *command)
{
	size_t size = command ? buffer_size("/bin/sh", environ) : 0;
	tell(HERE, TRACE_SPAWN, command, 0);
	if (size == 0)
		return REAL(system)(command);
	return run_shell(command, with_agent(environ, alloca(size), size));
}

/* Puts the program's own environment back; if someone set a variable meanwhile, environ is a copy by now, and only our
 * words are taken out of it. */
static void put_back(char **saved, char **made)
{
	if (environ == made)
		environ = saved;
	else
		environment_clean(environ, saved);
}

AGENT_EXPORT FILE *popen(const char *command, const char *type)
{
	size_t size = buffer_size("/bin/sh", environ);
	struct place place = HERE;
	if (size == 0) {
		tell(place, TRACE_SPAWN, command, 0);
		return REAL(popen)(command, type);
	}
	take_lock(&popen_lock);
	char **saved = environ, **made = (char **)with_agent(saved, alloca(size), size);
	environ = made;
	FILE *stream = REAL(popen)(command, type);
	int error = errno;
	put_back(saved, made);
	give_lock(&popen_lock);
	errno = error;
	tell(place, TRACE_SPAWN, command, stream ? 0 : error);
	return stream;
}
