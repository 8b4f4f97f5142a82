/* SPDX-License-Identifier: MIT */
/* Wraps: waiting for processes and threads, signals and their handlers; records what the life cycle tells of processes,
 * threads and libraries. Handlers are only told, never replaced. */
#include "core.h"
#include "resources.h"
#include "sample.h"
#include "wrap.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* ---- processes and threads ---- */

void process_event(struct thread *thread, uintptr_t from, const void *frame, const struct process_event *event)
{
	const struct scene scene = {.thread = thread, .from = from, .frame = frame};

	if (event->operation == TRACE_EXECUTE)
		sample_before_exec();
	if (resources_renew())
		scene_use(&scene, resource_named(TRACE_RESOURCE_PROCESS, event->name, NULL), event->operation, 0, event->error != 0);
}

void thread_event(struct thread *thread, uintptr_t from, const void *frame, uintptr_t start_function, int error)
{
	const struct scene scene = {.thread = thread, .from = from, .frame = frame};

	if (resources_renew())
		scene_use(&scene, resource_number(TRACE_RESOURCE_THREAD, NULL, 0, NULL, start_function, 0), TRACE_START, 0, error != 0);
}

void library_event(struct thread *thread, uintptr_t from, const void *frame, const char *path, bool is_error)
{
	const struct scene scene = {.thread = thread, .from = from, .frame = frame};

	if (path && resources_renew()) /* NULL: the program itself */
		scene_use(&scene, resource_named(TRACE_RESOURCE_LIBRARY, path, NULL), TRACE_LOAD, 0, is_error);
}

static void told_wait(const struct scene *scene, bool failed)
{
	scene_use(scene, resource_named(TRACE_RESOURCE_PROCESS, NULL, NULL), TRACE_WAIT, 0, failed);
}

#define WRAP_WAIT(name, type, parameters, ...)                                                                         \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT type name parameters                                                                              \
	{                                                                                                              \
		type result = REAL(name)(__VA_ARGS__);                                                                 \
		TELL(told_wait(&scene, result < 0));                                                                   \
		return result;                                                                                         \
	}
WRAP_WAIT(wait, pid_t, (int *status), status)
WRAP_WAIT(waitpid, pid_t, (pid_t pid, int *status, int options), pid, status, options)
WRAP_WAIT(wait3, pid_t, (int *status, int options, struct rusage *usage), status, options, usage)
WRAP_WAIT(wait4, pid_t, (pid_t pid, int *status, int options, struct rusage *usage), pid, status, options, usage)
WRAP_WAIT(waitid, int, (idtype_t kind, id_t id, siginfo_t *info, int options), kind, id, info, options)

static void told_join(const struct scene *scene, int result)
{
	scene_use(scene, resource_number(TRACE_RESOURCE_THREAD, NULL, 0, NULL, 0, 0), TRACE_JOIN, 0, result != 0 && result != EBUSY);
}

WRAPPED(pthread_join);
AGENT_EXPORT int pthread_join(pthread_t thread, void **value)
{
	int result = REAL(pthread_join)(thread, value);
	TELL(told_join(&scene, result));
	return result;
}

WRAPPED(pthread_timedjoin_np);
AGENT_EXPORT int pthread_timedjoin_np(pthread_t thread, void **value, const struct timespec *until)
{
	int result = REAL(pthread_timedjoin_np)(thread, value, until);
	TELL(told_join(&scene, result));
	return result;
}

/* ---- signals ---- */

static const char *signal_name(int number, char buffer[32])
{
	const char *name = number > 0 && number < NSIG ? sigabbrev_np(number) : NULL;
	size_t length = 0;

	text_append(buffer, 32, &length, name ? "SIG" : "signal ");
	if (name)
		text_append(buffer, 32, &length, name);
	else /* a real-time one */
		text_append_number(buffer, 32, &length, (uint64_t)number);
	return buffer;
}

static void told_handler(const struct scene *scene, int number, uintptr_t handler, bool failed)
{
	char buffer[32];
	const char *name = signal_name(number, buffer);
	/* What every signal can be set to is no function. */
	const char *type = handler == (uintptr_t)SIG_DFL ? "default" : handler == (uintptr_t)SIG_IGN ? "ignored" : NULL;

	scene_use(scene, resource_number(TRACE_RESOURCE_SIGNAL, name, text_length(name), type, type ? 0 : handler, 0), TRACE_HANDLE, 0,
		  failed);
}

#define WRAP_SIGNAL(name)                                                                                              \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT sighandler_t name(int number, sighandler_t handler)                                               \
	{                                                                                                              \
		bool was_ours = sample_yield(number);                                                                  \
		sighandler_t old = REAL(name)(number, handler);                                                        \
		TELL(told_handler(&scene, number, (uintptr_t)handler, old == SIG_ERR));                               \
		return was_ours && old != SIG_ERR ? SIG_DFL : old;                                                    \
	}
WRAP_SIGNAL(signal)
WRAP_SIGNAL(bsd_signal)
WRAP_SIGNAL(sysv_signal)
WRAP_SIGNAL(__sysv_signal)

WRAPPED(sigaction);
AGENT_EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
	uintptr_t handler = action ? (uintptr_t)action->sa_handler : 0; /* before: old may be the same object */
	bool was_ours = action ? sample_yield(number) : sample_hides(number);
	int result = REAL(sigaction)(number, action, old);
	if (was_ours && old && result == 0)
		*old = (struct sigaction){.sa_handler = SIG_DFL};
	if (action)
		TELL(told_handler(&scene, number, handler, result != 0));
	return result;
}

static void told_kill(const struct scene *scene, int number, bool failed)
{
	char buffer[32];

	if (number != 0) /* 0 asks whether it is there */
		scene_use(scene, resource_named(TRACE_RESOURCE_SIGNAL, signal_name(number, buffer), NULL), TRACE_KILL, 0, failed);
}

#define WRAP_KILL(name, parameters, ...)                                                                               \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		int result = REAL(name)(__VA_ARGS__);                                                                  \
		TELL(told_kill(&scene, number, result != 0));                                                          \
		return result;                                                                                         \
	}
WRAP_KILL(killpg, (pid_t group, int number), group, number)
WRAP_KILL(pthread_kill, (pthread_t thread, int number), thread, number)
WRAP_KILL(sigqueue, (pid_t pid, int number, const union sigval value), pid, number, value)
WRAP_KILL(tgkill, (pid_t pid, pid_t thread, int number), pid, thread, number)

/* These may not return: to oneself. */
#define WRAP_KILL_BEFORE(name, parameters, ...)                                                                        \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		TELL(told_kill(&scene, number, false));                                                                \
		return REAL(name)(__VA_ARGS__);                                                                        \
	}
WRAP_KILL_BEFORE(kill, (pid_t pid, int number), pid, number)
WRAP_KILL_BEFORE(raise, (int number), number)
